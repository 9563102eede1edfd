"""How a frame's planes travel: as they are on one host, as a JPEG over a network; smaller, to those who look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import simplejpeg

from pipeline.errors import MessageError
from pipeline.schemas import ImageU8
from workers.wire.transport import Blob

JPEG_QUALITY = 92
"""High enough that small faces keep their detail; a 720p frame takes some 200 kB."""
PREVIEW_QUALITY = 78
"""For people's eyes: 640 pixels across take some 40 kB."""


class Codec(StrEnum):
    """The form of frames in a message."""

    RAW = "raw"
    JPEG = "jpeg"


def encode_picture(i420: ImageU8, codec: Codec) -> Blob:
    """The bytes of `(3 * height / 2, width)` uint8 planes (BT.601, 16..235); RAW gives a view of them."""
    if codec is Codec.RAW:
        return np.ascontiguousarray(i420).data.cast("B")
    picture_bgr = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)
    encoded: bytes = simplejpeg.encode_jpeg(picture_bgr, quality=JPEG_QUALITY, colorspace="BGR", colorsubsampling="420")
    return encoded


def decode_picture(blob: Blob, codec: Codec, size_wh: tuple[int, int]) -> ImageU8:
    """The `(3 * height / 2, width)` uint8 planes of a frame of `size_wh`; RAW gives a view of `blob`.

    Raises `MessageError` when the bytes are not a frame of that size, before they are decoded.
    """
    if codec is Codec.JPEG:
        return _decode_jpeg(blob, size_wh)
    width, height = size_wh
    if len(blob) != width * height * 3 // 2:
        raise MessageError(f"a raw frame of {width}x{height} has {len(blob)} bytes")
    return np.frombuffer(blob, np.uint8).reshape(height * 3 // 2, width)


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A frame made small for a page."""

    jpeg: bytes
    size_wh: tuple[int, int]


def encode_preview(i420: ImageU8, most_width: int) -> Preview:
    """A JPEG of `(3 * height / 2, width)` uint8 planes (BT.601, 16..235), at most `most_width` pixels across."""
    width, height = i420.shape[1], i420.shape[0] // 3 * 2
    scale = min(1.0, most_width / width)
    size_wh = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
    small = i420 if size_wh == (width, height) else _shrunk(i420, size_wh)
    picture_bgr = cv2.cvtColor(small, cv2.COLOR_YUV2BGR_I420)
    jpeg: bytes = simplejpeg.encode_jpeg(
        picture_bgr, quality=PREVIEW_QUALITY, colorspace="BGR", colorsubsampling="420", fastdct=True
    )
    return Preview(jpeg, size_wh)


def _shrunk(i420: ImageU8, size_wh: tuple[int, int]) -> ImageU8:
    """The planes one by one, which costs a third of shrinking the colours of every pixel."""
    width, height = i420.shape[1], i420.shape[0] // 3 * 2
    half_wh = size_wh[0] // 2, size_wh[1] // 2
    luma = cv2.resize(i420[:height], size_wh, interpolation=cv2.INTER_AREA)
    colours = i420[height:].reshape(2, height // 2, width // 2)
    planes = [luma, *(cv2.resize(plane, half_wh, interpolation=cv2.INTER_AREA) for plane in colours)]
    return np.concatenate([plane.ravel() for plane in planes]).reshape(size_wh[1] * 3 // 2, size_wh[0])


def _decode_jpeg(blob: Blob, size_wh: tuple[int, int]) -> ImageU8:
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(blob)
        if (width, height) != size_wh:
            raise MessageError(f"a frame of {width}x{height} where {size_wh[0]}x{size_wh[1]} was announced")
        picture_bgr = simplejpeg.decode_jpeg(blob, colorspace="BGR")
    except ValueError as error:
        raise MessageError(f"a frame that is no JPEG: {error}") from error
    planes: ImageU8 = cv2.cvtColor(picture_bgr, cv2.COLOR_BGR2YUV_I420)
    return planes
