"""How a frame's planes travel: as they are on one host, as a JPEG over a network."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
import simplejpeg

from pipeline.errors import MessageError
from pipeline.schemas import ImageU8
from workers.wire.transport import Blob

JPEG_QUALITY = 92
"""High enough that small faces keep their detail; a 720p frame takes some 200 kB."""


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
