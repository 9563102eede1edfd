"""Decoded frames of a video file with exact times and what was lost between them; hides PyAV's packets and errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from pipeline.errors import SourceUnreadable
from pipeline.video.files.container import Footage
from pipeline.video.files.losses import LossLedger
from pipeline.video.files.timeline import MediaTimeline

logger = logging.getLogger(__name__)

USUAL_FRAME_S = Fraction(1, 25)
"""Time from frame to frame, in seconds, where the stream states no rate."""


LONGEST_GAP = 3
"""A longer gap, in frames, is missing data in a container that does not write down how long each frame lasts."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """One picture as the decoder gave it."""

    picture: Any  # av.VideoFrame
    media_time: Fraction
    """Exact seconds since the source's first frame."""
    duration: Fraction
    """How long the container says it is shown, in seconds; 0 when it does not say."""
    n_lost_before: int
    """Pictures that were damaged or could not be decoded since the frame before."""


class FrameReader:
    """Reads the frames of one open video in the order in which they are shown.

    Pictures with damage in them are dropped and counted as lost, since a face drawn from damage may look like
    anybody's. Threads work on the slices of one picture only: threads over several pictures take 13 % more CPU time,
    and what they return of a damaged file varies.
    """

    def __init__(self, footage: Footage, *, keyframes_only: bool = False) -> None:
        self._path = footage.path
        self._container, self._stream = footage.container, footage.stream
        self._stream.thread_type = "SLICE"
        if keyframes_only:
            self._stream.codec_context.skip_frame = "NONKEY"
        rate = self._stream.average_rate
        self.frame_s = 1 / Fraction(rate) if rate else USUAL_FRAME_S
        self._expects_frames = not (footage.states_duration or keyframes_only)
        self._timeline = MediaTimeline(self.frame_s)
        self._after_seek = False
        self._losses = LossLedger()
        self.data_end = Fraction(0)
        """Media time, in seconds, up to which there is data, decodable or not."""
        self.broke_off: str | None = None
        """Why the container could not be read on, in FFmpeg's words; None when it was read to its end."""
        self._frames = self._decode_all()

    @property
    def n_lost(self) -> int:
        """Pictures lost since the first frame, damaged or not decodable; all of them as long as there is no frame."""
        return self._losses.n_lost

    @property
    def n_jumps(self) -> int:
        """Jumps of the stream's clock so far."""
        return self._timeline.n_jumps

    @property
    def begins_at(self) -> Fraction:
        """The stream's own time of its first frame, in seconds."""
        return self._timeline.first or Fraction(0)

    def read_first(self) -> DecodedFrame:
        """The first frame; raises `SourceUnreadable` when nothing can be decoded. `read` goes on behind it."""
        first = next(self._frames, None)
        if first is None:
            raise SourceUnreadable(f"{self._path}: no picture in it can be decoded ({self.n_lost} are damaged)")
        return first

    def read(self) -> Iterator[DecodedFrame]:
        """The frames that follow: behind the last frame that was read, or from where `seek` went."""
        return self._frames

    def seek(self, media_time: Fraction) -> None:
        """Go to the last keyframe at or before `media_time`, so that `read` gives from there what it would have given.

        Possible once `read` has given the first frame, and in a seekable container.
        """
        first = self.begins_at
        self._container.seek(int((first + media_time) / self._stream.time_base), stream=self._stream)
        self._timeline = MediaTimeline(self.frame_s, first)
        self._losses = LossLedger()
        self._after_seek = True
        self._frames = self._decode_all()

    def _decode_all(self) -> Iterator[DecodedFrame]:
        due: Fraction | None = None
        for picture in self._pictures():
            time = self._timeline.place(_seconds(picture.pts, picture.time_base))
            n_lost_before = self._losses.claim(picture.pts, is_overdue=due is not None and time > due)
            duration = _seconds(picture.duration, picture.time_base) or Fraction(0)
            due = time + LONGEST_GAP * max(duration, self.frame_s) if self._expects_frames else None
            yield DecodedFrame(picture, time, duration, n_lost_before)

    def _pictures(self) -> Iterator[Any]:
        """Whole pictures; after a seek without those shown before its keyframe, which lean on what was not read."""
        floor: int | None = None
        for packet in self._packets():
            if self._after_seek and floor is None:
                if not packet.is_keyframe or packet.pts is None:
                    continue
                floor = packet.pts
            yield from self._decode(packet, floor)

    def _packets(self) -> Iterator[Any]:
        try:
            for packet in self._container.demux(self._stream):
                self._note_extent(packet)
                yield packet
        except av.FFmpegError as error:
            self.broke_off = error.strerror or "unreadable data"
            logger.info("reading broke off: %s", self.broke_off)

    def _note_extent(self, packet: Any) -> None:
        """Keep how far the data reaches, decodable or not."""
        stamp = _seconds(packet.pts, packet.time_base)
        if stamp is not None and self._timeline.first is not None:
            length = _seconds(packet.duration, packet.time_base) or self.frame_s
            self.data_end = max(self.data_end, stamp - self._timeline.first + length)

    def _decode(self, packet: Any, floor: int | None) -> list[Any]:
        if packet.is_corrupt:
            self._lose(packet.pts, floor)
        try:
            pictures = packet.decode()
        except av.FFmpegError as error:
            logger.debug("a packet cannot be decoded: %s", error.strerror)
            self._lose(packet.pts, floor)
            return []
        for picture in pictures:
            if picture.is_corrupt:
                self._lose(picture.pts, floor)
        return [picture for picture in pictures if self._is_whole(picture) and _is_from(floor, picture.pts)]

    def _is_whole(self, picture: Any) -> bool:
        """The picture of a damaged packet may look whole to the decoder, and is none."""
        return not picture.is_corrupt and not self._losses.has_lost(picture.pts)

    def _lose(self, pts: int | None, floor: int | None) -> None:
        if _is_from(floor, pts):
            self._losses.note(pts)


def _is_from(floor: int | None, pts: int | None) -> bool:
    return floor is None or pts is None or pts >= floor


def _seconds(ticks: int | None, time_base: Fraction | None) -> Fraction | None:
    return None if ticks is None or time_base is None else ticks * time_base
