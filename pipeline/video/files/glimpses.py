"""A few pictures out of a video file, spread over it, at a cost to which its length adds next to nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.schemas import ImageU8
from pipeline.video.files.container import Footage, open_footage
from pipeline.video.files.decoding import DecodedFrame, FrameReader
from pipeline.video.pictures import convert_to_i420, shape_pictures

logger = logging.getLogger(__name__)

SHORT_GAP_S = 0.4
"""Between two pictures of the opening, in seconds."""
OFTEN_AGAIN = 3
"""When so many places led to a keyframe that was seen before, there are hardly any others."""
OPENING_FRAMES = 120
"""So many frames of the opening are decoded, at most."""


def glimpse_keyframes(path: Path, count: int, largest_side: int) -> Iterator[ImageU8]:
    """Up to `count` keyframes of the video at `path`, as `(H, W, 3)` uint8 BGR, turned by its metadata.

    They come in an order in which the first few lie far apart. A container in which one cannot seek gives its first
    ones. Raises `SourceUnreadable`.
    """
    with open_footage(path) as footage:
        reader = FrameReader(footage, keyframes_only=True)
        first = reader.read_first()
        frames = _spread(footage, reader, count) if footage.is_seekable else _beginning(first, reader, count)
        for frame in frames:
            yield _to_bgr(frame, footage, largest_side)


def glimpse_opening(path: Path, largest_side: int) -> Iterator[ImageU8]:
    """Pictures of the first seconds, for files with hardly any keyframe; otherwise as `glimpse_keyframes`."""
    with open_footage(path) as footage:
        reader = FrameReader(footage)
        due = Fraction(0)
        for frame in islice(_beginning(reader.read_first(), reader, OPENING_FRAMES), OPENING_FRAMES):
            if frame.media_time >= due:
                due = frame.media_time + Fraction(SHORT_GAP_S)
                yield _to_bgr(frame, footage, largest_side)


def far_apart(count: int) -> list[Fraction]:
    """`count` places between 0 and 1, each in the widest gap that those before it leave: 1/2, 1/4, 3/4, 1/8, ..."""
    places: list[Fraction] = []
    parts = 2
    while len(places) < count:
        places += [Fraction(part, parts) for part in range(1, parts, 2)]
        parts *= 2
    return places[:count]


def _spread(footage: Footage, reader: FrameReader, count: int) -> Iterator[DecodedFrame]:
    """Keyframes from all over the file, each once."""
    duration_s = footage.stream_duration_s or footage.container_duration_s or 0
    seen: set[Fraction] = set()
    n_again = 0
    for place in far_apart(count):
        frame = _keyframe_at(reader, place * Fraction(duration_s))
        if frame is None or frame.media_time in seen:
            n_again += 1
            if n_again == OFTEN_AGAIN:
                return
            continue
        seen.add(frame.media_time)
        yield frame


def _keyframe_at(reader: FrameReader, media_time: Fraction) -> DecodedFrame | None:
    """The keyframe before `media_time`, or another one near by; None where the file is damaged."""
    try:
        reader.seek(media_time)
        return next(reader.read(), None)
    except av.FFmpegError as error:
        logger.debug("no picture at %.1f s: %s", media_time, error.strerror)
        return None


def _beginning(first: DecodedFrame, reader: FrameReader, count: int) -> Iterator[DecodedFrame]:
    yield first
    yield from islice(reader.read(), count - 1)


def _to_bgr(frame: DecodedFrame, footage: Footage, largest_side: int) -> ImageU8:
    shape = shape_pictures(frame.picture, footage.pixel_aspect, largest_side)
    return np.asarray(cv2.cvtColor(convert_to_i420(frame.picture, shape), cv2.COLOR_YUV2BGR_I420), np.uint8)
