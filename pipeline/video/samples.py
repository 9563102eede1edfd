"""One pass over an open video: every frame is looked at, sampled ones are converted, gated ones are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pipeline.options import SamplingOptions
from pipeline.schemas import CHUNK_SAMPLES, ImageU8, Sample, SampleState
from pipeline.video.files.container import Footage
from pipeline.video.files.decoding import DecodedFrame, FrameReader
from pipeline.video.files.ending import judge_ending
from pipeline.video.files.seeking import find_restart
from pipeline.video.gate import MotionGate
from pipeline.video.pictures import PictureShape, convert_to_i420, shape_pictures, view_luma
from pipeline.video.sampling import make_sampler
from pipeline.video.shots import ShotDetector


@dataclass(frozen=True, slots=True, eq=False)
class SampledPicture:
    """One sample, with its picture as `Frame.i420` when it is DECODED."""

    sample: Sample
    i420: ImageU8 | None


class SampleReader:
    """Reads the samples of one open video from `first_index` on, as a pass from its beginning would give them."""

    def __init__(self, footage: Footage, options: SamplingOptions, first_index: int = 0) -> None:
        self._footage, self._options, self._first_index = footage, options, first_index
        self._reader = FrameReader(footage, keyframes_only=options.keyframes_only)
        self._sampler = make_sampler(options.fps)
        self._shots, self._gate = ShotDetector(), MotionGate()
        self._cut_pending = False
        self._gated_chunk = -1
        first, rest = self._begin()
        self.shape: PictureShape = shape_pictures(
            first.picture, footage.pixel_aspect, options.largest_side, options.rotation
        )
        self._frames: Iterable[DecodedFrame] = rest
        self._last = first
        self.problem: str | None = None
        """What of the video is missing or damaged, in words for the user; known once all samples are read."""

    def read(self) -> Iterator[SampledPicture]:
        """The samples in order, without a gap."""
        for frame in self._frames:
            yield from self._place(frame)
            self._last = frame
        ending = judge_ending(self._footage, self._reader, self._last, self._options)
        self.problem = ending.problem
        for sample in self._sampler.finish(ending.lasts_until, ending.failed_until):
            if sample.index >= self._first_index:
                yield SampledPicture(sample, None)

    def _begin(self) -> tuple[DecodedFrame, Iterable[DecodedFrame]]:
        first = self._reader.read_first()
        restart = find_restart(self._footage.path, self._options, self._first_index)
        if restart is None:
            return first, chain((first,), self._reader.read())
        self._reader.seek(restart)
        return first, self._reader.read()

    def _place(self, frame: DecodedFrame) -> Iterator[SampledPicture]:
        luma = view_luma(frame.picture)
        self._cut_pending |= self._shots.starts_shot(luma)
        placement = self._sampler.place(frame.media_time, frame.n_lost_before)
        for sample in placement.skipped:
            if sample.index >= self._first_index:
                yield SampledPicture(sample, None)
        if placement.index is None:
            return
        starts_shot, self._cut_pending = self._cut_pending, False
        if placement.index >= self._first_index:
            yield self._look(frame, luma, placement.index, starts_shot=starts_shot)

    def _look(self, frame: DecodedFrame, luma: ImageU8, index: int, *, starts_shot: bool) -> SampledPicture:
        state = SampleState.GATED if self._is_still(luma, index, starts_shot=starts_shot) else SampleState.DECODED
        sample = Sample(index, float(frame.media_time), state, starts_shot)
        i420 = convert_to_i420(frame.picture, self.shape) if state is SampleState.DECODED else None
        return SampledPicture(sample, i420)

    def _is_still(self, luma: ImageU8, index: int, *, starts_shot: bool) -> bool:
        if not self._options.gate:
            return False
        chunk = index // CHUNK_SAMPLES
        begins_chunk, self._gated_chunk = chunk != self._gated_chunk, chunk
        return self._gate.is_still(luma, afresh=begins_chunk or starts_shot)
