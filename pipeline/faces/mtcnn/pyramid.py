"""The same picture at falling sizes, so that a face of any size is 12 pixels wide on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.faces.mtcnn.boxes import CELL_SIZE_PX
from pipeline.schemas import ImageU8, VectorF32

SCALE_STEP = 0.709
"""From level to level: the square root of a half, so that every second level has half the sides (stock value)."""
SOURCE_LEVELS = 5
"""A level is shrunk from the one so many before it, more than five times as wide, so that its blur does not matter."""


@dataclass(frozen=True, slots=True)
class Level:
    """One size of the pyramid."""

    scale: float
    """Nominal size over the frame's: a face of `CELL_SIZE_PX / scale` pixels fills P-Net's view here."""
    size_wh: tuple[int, int]


def pyramid_levels(size_wh: tuple[int, int], min_face_size: float) -> list[Level]:
    """The levels for faces from `min_face_size` pixels up to the whole picture; none when the picture is too small."""
    levels = []
    scale = CELL_SIZE_PX / min_face_size
    while min(size_wh) * scale >= CELL_SIZE_PX:
        levels.append(Level(scale, (int(size_wh[0] * scale), int(size_wh[1] * scale))))
        scale *= SCALE_STEP
    return levels


def exact_levels(frames: Sequence[ImageU8], levels: Sequence[Level]) -> Iterator[tuple[Level, VectorF32]]:
    """Each level with the `(B, h, w, 3)` float32, 0..255, of the `(H, W, 3)` uint8 frames at its size.

    As the package makes them: each is shrunk anew from the whole frame.
    """
    sources = [frame.astype(np.float32) for frame in frames]
    for level in levels:
        yield level, np.stack([_resize(image, level.size_wh) for image in sources])


def shrink_levels(frames: Sequence[ImageU8], levels: Sequence[Level]) -> Iterator[tuple[Level, VectorF32]]:
    """The same as `exact_levels`, nearly, at a fifth of its cost: each level is shrunk from a smaller one.

    It differs by less than rounding does: rounded to bytes, 1 % of the faces are others; unrounded like this, 0.4 %.
    """
    sources = [_halved(frame, levels).astype(np.float32) for frame in frames]
    shrunk: list[VectorF32] = []
    for level in levels:
        larger = sources if len(shrunk) < SOURCE_LEVELS else shrunk[-SOURCE_LEVELS]
        shrunk.append(np.stack([_resize(image, level.size_wh) for image in larger]))
        yield level, shrunk[-1]


def _resize(image: VectorF32, size_wh: tuple[int, int]) -> VectorF32:
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.float32)


def _halved(frame: ImageU8, levels: Sequence[Level]) -> ImageU8:
    """The frame at half its size where the first level is smaller still: whole-number shrinking is ten times faster."""
    height, width = frame.shape[:2]
    if not levels or levels[0].scale > 0.5 or height % 2 or width % 2:
        return frame
    return np.asarray(cv2.resize(frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA))
