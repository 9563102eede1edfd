"""Pictures as the pipeline wants them, from pictures as decoders give them: upright I420 in square pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np

from pipeline.schemas import ImageU8

FULL_RANGE = 2
"""FFmpeg's number for luma of 0..255."""

BT709 = 1
"""FFmpeg's number for the colour matrix of high definition.

Pictures keep it, although they are read as BT.601 later: that is off by 1 to 4 levels in a face, which moves its
embedding by 0.03 (from one sample of a face to the next it moves by 0.4), and converting costs 1.3 ms at 720p.
"""

PLAIN_FORMATS = frozenset({"yuv420p", "yuvj420p"})
"""Three planes of 8 bits, chroma halved both ways: what we want, but for colours and size."""

LUMA_FIRST_FORMATS = PLAIN_FORMATS | {"yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray", "yuv440p"}
"""Formats whose first plane is luma of 8 bits."""


@dataclass(frozen=True, slots=True)
class PictureShape:
    """How one source's coded pictures become upright ones."""

    scaled_wh: tuple[int, int]
    """Even size in pixels after scaling and before turning."""
    quarter_turns: int
    """Quarter turns counter-clockwise that make the picture upright."""

    @property
    def upright_wh(self) -> tuple[int, int]:
        width, height = self.scaled_wh
        return (height, width) if self.quarter_turns % 2 else (width, height)


def shape_pictures(
    picture: Any, pixel_aspect: Fraction, largest_side: int, rotation: int | None = None
) -> PictureShape:
    """The shape for a source whose first picture is `picture`; no side gets longer than `largest_side` pixels.

    `rotation` turns it by so many degrees counter-clockwise, a multiple of 90, beyond what its own metadata says.
    """
    width, height = picture.width * pixel_aspect, Fraction(picture.height)
    shrink = min(Fraction(1), Fraction(largest_side) / max(width, height))
    return PictureShape(
        (_even(width * shrink), _even(height * shrink)), round((picture.rotation + (rotation or 0)) / 90) % 4
    )


def view_luma(picture: Any) -> ImageU8:
    """`(H, W)` uint8 luma of a decoded picture as coded, neither turned nor scaled; a view where possible."""
    if picture.format.name not in LUMA_FIRST_FORMATS:
        picture = picture.reformat(format="gray", threads=1)
    return _view_plane(picture, 0, (picture.width, picture.height))


def convert_to_i420(picture: Any, shape: PictureShape) -> ImageU8:
    """`(3 * height / 2, width)` uint8: `picture` as I420 of 16..235, upright and of `shape.upright_wh`."""
    if not _is_plain(picture, shape):
        matrix = None if picture.colorspace == BT709 else "ITU601"
        picture = picture.reformat(
            *shape.scaled_wh, format="yuv420p", dst_colorspace=matrix, dst_color_range="MPEG", threads=1
        )
    planes = _view_planes(picture, shape.scaled_wh)
    if picture.interlaced_frame:
        planes = [_drop_second_field(plane) for plane in planes]
    return _pack([np.rot90(plane, shape.quarter_turns) for plane in planes])


def _is_plain(picture: Any, shape: PictureShape) -> bool:
    """Whether the planes can be copied as they are, except for an odd last row or column."""
    width, height = picture.width, picture.height
    return (
        picture.format.name == "yuv420p"
        and picture.color_range != FULL_RANGE
        and (width - width % 2, height - height % 2) == shape.scaled_wh
    )


def _view_planes(picture: Any, size_wh: tuple[int, int]) -> list[ImageU8]:
    half_wh = (size_wh[0] // 2, size_wh[1] // 2)
    return [_view_plane(picture, index, wh) for index, wh in enumerate((size_wh, half_wh, half_wh))]


def _view_plane(picture: Any, index: int, size_wh: tuple[int, int]) -> ImageU8:
    plane = picture.planes[index]
    width, height = size_wh
    rows = np.frombuffer(plane, np.uint8, count=plane.height * plane.line_size)
    return rows.reshape(plane.height, plane.line_size)[:height, :width]


def _drop_second_field(plane: ImageU8) -> ImageU8:
    """The plane from its even rows alone: half the height is better than every edge that moves twice."""
    height, width = plane.shape
    return np.asarray(cv2.resize(plane[::2], (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _pack(planes: list[ImageU8]) -> ImageU8:
    height, width = planes[0].shape
    i420 = np.empty((height * 3 // 2, width), np.uint8)
    i420[:height] = planes[0]
    chroma = i420[height:].reshape(2, height // 2, width // 2)
    chroma[0], chroma[1] = planes[1], planes[2]
    return i420


def _even(length: Fraction) -> int:
    return max(2, int(length) // 2 * 2)
