"""Live pictures on the time grid of their connection: which are looked at, and the fate of every cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.options import SamplingOptions
from pipeline.schemas import ImageU8, Sample
from pipeline.video.gate import MotionGate
from pipeline.video.live.account import REASON_OF_FATE, STATE_OF_FATE, Fate, LiveAccount
from pipeline.video.live.connecting.stream import LivePicture
from pipeline.video.live.pace import Pace
from pipeline.video.pictures import PictureShape, convert_to_i420, shape_pictures, view_luma
from pipeline.video.shots import ShotDetector

BEHIND_S = 1.0
"""A picture that lagged for longer, in seconds, is not looked at: nobody waits for it, and the next ones do."""
SILENT_S = 1.0
"""A longer time between two pictures, in seconds, is silence and no picture that lasted."""
AFRESH_CELLS = 16
"""At the latest after so many cells a sample is looked at even if nothing moved, as at each chunk of a file."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveCell:
    """One cell, with its picture as `Frame.i420` when it is DECODED."""

    sample: Sample
    i420: ImageU8 | None
    size_wh: tuple[int, int]
    arrived_s: float | None = None
    """When the picture that fills it came, by the reader's clock; None for a cell that none fills."""


class LiveSampler:
    """Cell n has n / fps seconds since the first picture in its middle; the first picture in it fills it.

    In its middle, and not at its beginning, so that a camera of just that rate has one picture in each.
    """

    def __init__(self, fps: float, options: SamplingOptions, chunk_samples: int, account: LiveAccount) -> None:
        self._fps, self._options, self._chunk_samples, self._account = fps, options, chunk_samples, account
        self._shots, self._gate = ShotDetector(), MotionGate()
        self._begin_s: float | None = None
        self._last_index, self._last_s = -1, 0.0
        self._looked_index = -AFRESH_CELLS
        self._lost, self._cut = 0, False
        self._coded_wh: tuple[int, int] | None = None
        self._shape = PictureShape((2, 2), 0)
        self._shape_chunk = -1
        self.pace = Pace()

    def take(self, live: LivePicture) -> Iterator[LiveCell]:
        """The cells up to the one that `live` fills; none when its cell is filled already."""
        luma = view_luma(live.picture)
        self._cut |= self._is_resized(live) or self._shots.starts_shot(luma)
        self._lost += live.n_lost_before
        media_s = self._media_s(live.moment.captured_s)
        index = math.floor(media_s * self._fps + 0.5)
        if index > self._last_index:
            yield from self._skip_to(index, self._missing_fate(media_s))
            yield self._fill(live, luma, index, media_s)
        self._last_s = media_s

    def finish(self, now_s: float) -> Iterator[LiveCell]:
        """The cells between the last picture and the end of the connection."""
        if self._begin_s is not None:
            end_s = now_s - self._begin_s
            yield from self._skip_to(math.floor(end_s * self._fps + 0.5), self._missing_fate(end_s))

    def _media_s(self, captured_s: float) -> float:
        if self._begin_s is None:
            self._begin_s = captured_s
        return captured_s - self._begin_s

    def _missing_fate(self, until_s: float) -> Fate:
        if self._lost:
            return Fate.DAMAGED
        return Fate.SILENT if until_s - self._last_s > SILENT_S else Fate.LASTED

    def _skip_to(self, index: int, fate: Fate) -> Iterator[LiveCell]:
        for cell in range(self._last_index + 1, index):
            yield self._sample(cell, cell / self._fps, fate, None)
        self._last_index = max(self._last_index, index - 1)

    def _fill(self, live: LivePicture, luma: ImageU8, index: int, media_s: float) -> LiveCell:
        self._last_index, self._lost = index, 0
        self._reshape(live, index)
        fate = self._fate(live, luma, index)
        i420 = convert_to_i420(live.picture, self._shape) if fate is Fate.DECODED else None
        return replace(self._sample(index, media_s, fate, i420), arrived_s=live.moment.arrived_s)

    def _fate(self, live: LivePicture, luma: ImageU8, index: int) -> Fate:
        if live.moment.lag_s > BEHIND_S:
            return Fate.BEHIND
        if not self.pace.takes(index):
            return Fate.SLOWED
        afresh = self._cut or index - self._looked_index >= AFRESH_CELLS
        if self._options.gate and self._gate.is_still(luma, afresh=afresh):
            return Fate.STILL
        self._looked_index = index
        return Fate.DECODED

    def _sample(self, index: int, media_s: float, fate: Fate, i420: ImageU8 | None) -> LiveCell:
        is_shown = fate in {Fate.DECODED, Fate.STILL}
        starts_shot = self._cut and is_shown
        self._cut = self._cut and not is_shown
        self._account.count_cell(fate)
        sample = Sample(index, media_s, STATE_OF_FATE[fate], starts_shot, REASON_OF_FATE.get(fate))
        return LiveCell(sample, i420, self._shape.upright_wh)

    def _is_resized(self, live: LivePicture) -> bool:
        """Whether the camera changed the size of its pictures; then nothing before can be compared with it."""
        coded_wh = (live.picture.width, live.picture.height)
        resized = self._coded_wh not in {None, coded_wh}
        self._coded_wh = coded_wh
        return resized

    def _reshape(self, live: LivePicture, index: int) -> None:
        """Pictures have one size within a chunk: a camera that changes it is scaled until the next one."""
        chunk = index // self._chunk_samples
        if chunk != self._shape_chunk:
            options = self._options
            self._shape = shape_pictures(live.picture, live.pixel_aspect, options.largest_side, options.rotation)
        self._shape_chunk = chunk
