"""The same picture at falling sizes, so that a face of any size is 12 pixels wide on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.faces.mtcnn.boxes import CELL_SIZE_PX
from pipeline.schemas import ImageU8

SCALE_STEP = 0.709
"""From level to level: the square root of a half, so that every second level has half the sides (stock value)."""


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


def shrink_levels(frames: Sequence[ImageU8], levels: Sequence[Level]) -> Iterator[tuple[Level, ImageU8]]:
    """Each level with the `(B, h, w, 3)` uint8 frames of its size; each is shrunk from the second level before it.

    That costs an eighth of shrinking the whole frame anew each time. Shrinking from the very last level would be
    cheaper still, but blurs: it lost 2.4 % of the faces, this way 0.7 %, as rounding does.
    """
    sources = [_halved(frame, levels) for frame in frames]
    shrunk: list[ImageU8] = []
    for level in levels:
        larger = shrunk[-2] if len(shrunk) > 1 else sources
        shrunk.append(np.stack([shrink(image, level.size_wh) for image in larger]))
        yield level, shrunk[-1]


def shrink(image: ImageU8, size_wh: tuple[int, int]) -> ImageU8:
    """The picture at `size_wh`, each pixel the mean of the area it stands for."""
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA))


def _halved(frame: ImageU8, levels: Sequence[Level]) -> ImageU8:
    """The frame at half its size where the first level is smaller still: whole-number shrinking is ten times faster."""
    height, width = frame.shape[:2]
    if not levels or levels[0].scale > 0.5 or height % 2 or width % 2:
        return frame
    return shrink(frame, (width // 2, height // 2))
