"""Decoded frames of a video file with exact times and what was lost between them; hides PyAV's packets and errors."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from pipeline.video.container import Footage
from pipeline.video.timeline import MediaTimeline

logger = logging.getLogger(__name__)

USUAL_FRAME_S = Fraction(1, 25)
"""Time from frame to frame, in seconds, where the stream states no rate."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """One picture as the decoder gave it."""

    picture: Any  # av.VideoFrame
    media_time: Fraction
    """Exact seconds since the source's first frame."""
    duration: Fraction
    """How long the container says it is shown, in seconds; 0 when it does not say."""
    n_lost_before: int
    """Damaged packets and pictures since the frame before."""


class FrameReader:
    """Reads the frames of one open video in the order in which they are shown.

    Pictures with damage in them are dropped and counted as lost, since a face drawn from damage may look like anybody's.
    Threads work on the slices of one picture only: threads over several pictures take 13 % more CPU time, and what
    they return of a damaged file varies.
    """

    def __init__(self, footage: Footage, *, keyframes_only: bool = False) -> None:
        self._container, self._stream = footage.container, footage.stream
        self._stream.thread_type = "SLICE"
        if keyframes_only:
            self._stream.codec_context.skip_frame = "NONKEY"
        rate = self._stream.average_rate
        self.frame_s = 1 / Fraction(rate) if rate else USUAL_FRAME_S
        self._timeline = MediaTimeline(self.frame_s)
        self._after_seek = False
        self.n_lost = 0
        """Damaged packets and pictures since the first frame that was read."""
        self.data_end = Fraction(0)
        """Media time, in seconds, up to which there is data, decodable or not."""
        self.broke_off: str | None = None
        """Why the container could not be read on, in FFmpeg's words; None when it was read to its end."""

    @property
    def n_jumps(self) -> int:
        """Jumps of the stream's clock so far."""
        return self._timeline.n_jumps

    @property
    def begins_at(self) -> Fraction:
        """The stream's own time of its first frame, in seconds."""
        return self._timeline.first or Fraction(0)

    def read(self) -> Iterator[DecodedFrame]:
        """The frames from where the file stands: from its beginning, or from the last seek.

        What is lost before the first of them belongs to no media time and is not counted.
        """
        n_lost_at_frame: int | None = None
        for picture in self._pictures():
            if n_lost_at_frame is None:
                n_lost_at_frame = self.n_lost = 0
            time = self._timeline.place(_seconds(picture.pts, picture.time_base))
            duration = _seconds(picture.duration, picture.time_base) or Fraction(0)
            yield DecodedFrame(picture, time, duration, self.n_lost - n_lost_at_frame)
            n_lost_at_frame = self.n_lost

    def seek(self, media_time: Fraction) -> None:
        """Go to the last keyframe at or before `media_time`, so that `read` gives from there what it would have given.

        Possible once `read` has given the first frame, and in a seekable container.
        """
        first = self.begins_at
        self._container.seek(int((first + media_time) / self._stream.time_base), stream=self._stream)
        self._timeline = MediaTimeline(self.frame_s, first)
        self._after_seek = True

    def _pictures(self) -> Iterator[Any]:
        """Whole pictures; after a seek without those shown before its keyframe, which lean on what was not read."""
        floor: int | None = None
        for packet in self._packets():
            if self._after_seek and floor is None:
                if not packet.is_keyframe or packet.pts is None:
                    continue
                floor = packet.pts
            is_leading = floor is not None and packet.pts is not None and packet.pts < floor
            yield from self._decode(packet, floor, counts=not is_leading)

    def _packets(self) -> Iterator[Any]:
        try:
            for packet in self._container.demux(self._stream):
                self._note_extent(packet)
                yield packet
        except av.FFmpegError as error:
            self.broke_off = error.strerror or "unreadable data"
            logger.warning("reading stopped: %s", self.broke_off)

    def _note_extent(self, packet: Any) -> None:
        """Keep how far the data reaches, decodable or not."""
        stamp = _seconds(packet.pts, packet.time_base)
        if stamp is not None and self._timeline.first is not None:
            length = _seconds(packet.duration, packet.time_base) or self.frame_s
            self.data_end = max(self.data_end, stamp - self._timeline.first + length)

    def _decode(self, packet: Any, floor: int | None, *, counts: bool) -> list[Any]:
        try:
            pictures = packet.decode()
        except av.FFmpegError as error:
            logger.debug("a packet cannot be decoded: %s", error.strerror)
            self.n_lost += counts
            return []
        pictures = [picture for picture in pictures if floor is None or picture.pts is None or picture.pts >= floor]
        whole = [picture for picture in pictures if not picture.is_corrupt]
        self.n_lost += max(len(pictures) - len(whole), counts and packet.is_corrupt)
        return whole


def _seconds(ticks: int | None, time_base: Fraction | None) -> Fraction | None:
    return None if ticks is None or time_base is None else ticks * time_base
