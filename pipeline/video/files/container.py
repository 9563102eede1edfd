"""Opening a video file with FFmpeg; hides PyAV's containers and errors from everything but decoding."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from pipeline.errors import SourceUnreadable

MAX_PIXELS = 8192 * 8192
"""Larger pictures are refused: a small file can claim a picture that takes all memory."""

MAX_STATED_S = 7 * 24 * 3600
"""A longer stated duration, in seconds, is damage and is not believed."""

STILL_FORMATS = ("_pipe", "image2")
"""Endings of the names that FFmpeg gives to the formats of single pictures: png_pipe, jpeg_pipe, ..."""

SEEKABLE_FORMATS = frozenset({"mov", "mp4", "matroska", "webm"})
"""Containers with exact time stamps on an index: seeking there lands on a keyframe at or before the target."""


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """An open video file and the one stream in it that is looked at."""

    path: Path
    container: Any  # av.container.InputContainer
    stream: Any  # av.video.stream.VideoStream

    @property
    def is_seekable(self) -> bool:
        return not SEEKABLE_FORMATS.isdisjoint(self.container.format.name.split(","))

    @property
    def states_duration(self) -> bool:
        """Whether stated durations were written by the recorder; elsewhere FFmpeg guesses them from the data."""
        return self.is_seekable or self.container.format.name == "avi"

    @property
    def counts_from_zero(self) -> bool:
        """Whether stated durations count from time 0 of the container, and not from the first frame."""
        return "matroska" in self.container.format.name

    @property
    def stream_duration_s(self) -> float | None:
        """The duration which the container states for this very stream, in seconds; None when it states none."""
        stream, time_base = self.stream, self.stream.time_base
        if stream.duration and time_base:
            return _credible(float(stream.duration * time_base))
        if "DURATION" in stream.metadata:  # Matroska keeps it as a tag
            return _credible(_clock_seconds(stream.metadata["DURATION"]))
        if len(self.container.streams) == 1:
            return self.container_duration_s
        return None

    @property
    def container_duration_s(self) -> float | None:
        """The duration which the container states for all its streams, in seconds."""
        duration = self.container.duration
        return _credible(duration / av.time_base) if duration else None

    @property
    def pixel_aspect(self) -> Fraction:
        """Width of a pixel over its height; 1 when unknown or absurd."""
        aspect = self.stream.sample_aspect_ratio
        return Fraction(aspect) if aspect and Fraction(1, 8) <= aspect <= 8 else Fraction(1)


@contextmanager
def open_footage(path: Path) -> Iterator[Footage]:
    """Open the video file at `path`; raise `SourceUnreadable` with the reason when it is none.

    FFmpeg gets a file descriptor and may open nothing else, so that a playlist cannot read other files.
    """
    descriptor = _open_regular_file(path)
    try:
        container = _open_container(path, descriptor)
        try:
            yield Footage(path, container, _choose_stream(path, container))
        finally:
            container.close()
    finally:
        os.close(descriptor)


def _open_regular_file(path: Path) -> int:
    try:
        # Without O_NONBLOCK, opening a named pipe waits for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise SourceUnreadable(f"{path}: there is no such file") from error
    except OSError as error:
        raise SourceUnreadable(f"{path}: cannot be opened ({error.strerror})") from error
    status = os.fstat(descriptor)
    problem = None
    if stat.S_ISDIR(status.st_mode):
        problem = "is a folder; name a video file in it"
    elif not stat.S_ISREG(status.st_mode):
        problem = "is a pipe or a device, not a file"
    elif status.st_size == 0:
        problem = "is empty"
    if problem:
        os.close(descriptor)
        raise SourceUnreadable(f"{path}: {problem}")
    return descriptor


def _open_container(path: Path, descriptor: int) -> Any:
    options = {"fd": str(descriptor), "protocol_whitelist": "fd"}
    try:
        return av.open("fd:", options=options, metadata_errors="replace")
    except av.FFmpegError as error:
        raise SourceUnreadable(f"{path}: is no video that can be read ({error.strerror})") from error


def _choose_stream(path: Path, container: Any) -> Any:
    if container.format.name.endswith(STILL_FORMATS):
        raise SourceUnreadable(f"{path}: is a picture, not a video; `facetrail identify` says whom a picture shows")
    streams = [stream for stream in container.streams.video if not _is_cover_art(stream)]
    if not streams:
        found = "has sound but no picture" if container.streams.audio else "has no video in it"
        raise SourceUnreadable(f"{path}: {found}")
    best = container.streams.best("video")
    stream = best if best in streams else streams[0]
    if stream.codec_context is None:
        raise SourceUnreadable(f"{path}: its video codec is not supported")
    if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
        raise SourceUnreadable(f"{path}: its pictures are larger than {MAX_PIXELS} pixels")
    return stream


def _is_cover_art(stream: Any) -> bool:
    return bool(stream.disposition & stream.disposition.attached_pic)


def _credible(duration_s: float) -> float | None:
    return duration_s if 0 < duration_s <= MAX_STATED_S else None


def _clock_seconds(text: str) -> float:
    """Seconds of "HH:MM:SS.fraction"; 0 for anything else."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return 0.0
