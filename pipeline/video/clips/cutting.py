"""Cutting a clip out of footage, with the face marked, and one picture of the moment at which it was seen best.

The clip is MP4 with H.264 (`yuv420p`, its index in front), which every usual browser plays; it has no sound. It takes
two passes: the first finds where the face is, in small grey pictures, and the second draws and encodes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from pipeline.errors import SourceUnreadable
from pipeline.schemas import ImageU8
from pipeline.video.clips.following import Box, find_anchor, follow
from pipeline.video.files.container import open_footage
from pipeline.video.files.decoding import FrameReader
from pipeline.video.pictures import PictureShape, convert_to_i420, shape_pictures

LARGEST_SIDE = 960
"""Of a clip's pictures, in pixels."""

FOLLOWING_SIDE = 480
"""Of the pictures in which the face is followed, in pixels."""

MOST_FPS = 15
"""Pictures a second; more make a clip larger and show no more."""

CODEC = "libx264"
CODEC_OPTIONS = {"preset": "veryfast", "crf": "26"}
TICKS_PER_SECOND = 90_000
BOX_BGR = (80, 220, 60)
JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceToMark:
    """One track of the record: when it was in the picture, and where its best face is."""

    media_start_s: float
    media_end_s: float
    box: Box
    thumb_jpeg: bytes
    """Its best thumbnail; empty when there is none, and then its box is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipWanted:
    """What to cut."""

    footage: Path
    start_s: float
    """Media time, in seconds."""
    end_s: float
    rotation: int | None
    """Degrees by which the run turned the pictures, as `SamplingOptions.rotation`."""
    faces: tuple[FaceToMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What was cut."""

    n_pictures: int
    n_marked: int
    """Pictures in which the face is marked."""
    has_still: bool
    """Whether the best moment was found, and written as a picture."""


def cut_clip(wanted: ClipWanted, clip_path: Path, still_path: Path) -> Clip:
    """Write the clip, and the picture of the best moment if it is found; whole files appear under these names.

    Raises `SourceUnreadable` when the footage cannot be read, or shows nothing between these times.
    """
    times, grays = _read_small(wanted)
    marks, best = _find_marks(wanted.faces, times, grays)
    del grays
    unfinished = clip_path.with_name(f".{clip_path.name}.part")
    try:
        _write(wanted, marks, unfinished, still_path if best is not None else None, best)
        os.replace(unfinished, clip_path)  # noqa: PTH105 # says that it replaces
    finally:
        unfinished.unlink(missing_ok=True)
    return Clip(n_pictures=len(times), n_marked=sum(bool(boxes) for boxes in marks), has_still=best is not None)


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    media_s: float
    picture: Any  # av.VideoFrame
    aspect: Fraction
    rotation: int | None

    def i420(self, largest_side: int) -> tuple[ImageU8, PictureShape]:
        """`(3 * H / 2, W)` uint8, upright."""
        shape = shape_pictures(self.picture, self.aspect, largest_side, self.rotation)
        return convert_to_i420(self.picture, shape), shape


def _pictures(wanted: ClipWanted) -> Iterator[_Picture]:
    """The pictures of the clip in order of time, at most `MOST_FPS` a second."""
    with open_footage(wanted.footage) as footage:
        reader = FrameReader(footage)
        frames: Iterator[Any] = iter((reader.read_first(),))
        if footage.is_seekable and wanted.start_s > 0:
            reader.seek(Fraction(wanted.start_s))
            frames = iter(())
        due = wanted.start_s
        for frame in _chained(frames, reader):
            media_s = float(frame.media_time)
            if media_s > wanted.end_s:
                return
            if media_s >= due - 1e-6:
                yield _Picture(media_s, frame.picture, footage.pixel_aspect, wanted.rotation)
                due = max(due + 1 / MOST_FPS, media_s + 0.5 / MOST_FPS)


def _chained(first: Iterator[Any], reader: FrameReader) -> Iterator[Any]:
    yield from first
    yield from reader.read()


def _read_small(wanted: ClipWanted) -> tuple[list[float], list[ImageU8]]:
    """The times of the clip's pictures, and the pictures as small `(h, w)` uint8 luma."""
    times, grays = [], []
    for one in _pictures(wanted):
        i420, shape = one.i420(FOLLOWING_SIDE)
        times.append(one.media_s)
        grays.append(i420[: shape.upright_wh[1]].copy())
    if not times:
        raise SourceUnreadable(f"{wanted.footage.name} shows nothing from {wanted.start_s:.1f} to {wanted.end_s:.1f} s")
    return times, grays


def _find_marks(
    faces: Sequence[FaceToMark], times: Sequence[float], grays: Sequence[ImageU8]
) -> tuple[list[list[Box]], int | None]:
    """The boxes to draw in each picture, and the place of the best moment of the first face that was found."""
    marks: list[list[Box]] = [[] for _ in times]
    best: int | None = None
    for face in faces:
        places = [place for place, time in enumerate(times) if _is_seen(face, time)]
        thumb = _gray_thumb(face.thumb_jpeg)
        anchor = None if thumb is None else find_anchor([grays[place] for place in places], face.box, thumb)
        if anchor is None:
            continue
        best = places[anchor] if best is None else best
        boxes = follow([grays[place] for place in places], anchor, face.box)
        for place, box in zip(places, boxes, strict=True):
            marks[place].extend([box] if box else [])
    return marks, best


def _is_seen(face: FaceToMark, media_s: float) -> bool:
    slack_s = 1 / MOST_FPS
    return face.media_start_s - slack_s <= media_s <= face.media_end_s + slack_s


def _gray_thumb(jpeg: bytes) -> ImageU8 | None:
    if not jpeg:
        return None
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if decoded is None else np.asarray(decoded, np.uint8)


def _write(
    wanted: ClipWanted, marks: Sequence[Sequence[Box]], clip: Path, still: Path | None, best: int | None
) -> None:
    with av.open(str(clip), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        for place, (one, boxes) in enumerate(zip(_pictures(wanted), marks, strict=False)):
            picture_bgr = _drawn(one, boxes)
            stream = stream if stream is not None else _add_stream(container, picture_bgr)
            frame = av.VideoFrame.from_ndarray(picture_bgr, format="bgr24").reformat(format="yuv420p")
            frame.time_base = Fraction(1, TICKS_PER_SECOND)
            frame.pts = round((one.media_s - wanted.start_s) * TICKS_PER_SECOND)
            container.mux(stream.encode(frame))
            if still is not None and place == best:
                _write_still(still, picture_bgr)
        container.mux(stream.encode())


def _drawn(one: _Picture, boxes: Sequence[Box]) -> ImageU8:
    """`(H, W, 3)` uint8 BGR with a frame around each box."""
    i420, _ = one.i420(LARGEST_SIDE)
    picture_bgr = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)
    height, width = picture_bgr.shape[:2]
    for left, top, wide, high in boxes:
        corner = round(left * width), round(top * height)
        other = round((left + wide) * width), round((top + high) * height)
        cv2.rectangle(picture_bgr, corner, other, BOX_BGR, max(2, width // 320), cv2.LINE_AA)
    return np.asarray(picture_bgr, np.uint8)


def _add_stream(container: Any, picture_bgr: ImageU8) -> Any:
    stream = container.add_stream(CODEC, rate=MOST_FPS, options=CODEC_OPTIONS)
    stream.height, stream.width = picture_bgr.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, TICKS_PER_SECOND)
    return stream


def _write_still(path: Path, picture_bgr: ImageU8) -> None:
    _, coded = cv2.imencode(".jpg", picture_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(coded.tobytes())
    os.replace(unfinished, path)  # noqa: PTH105
