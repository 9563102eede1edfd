"""The motion gate: samples in which nothing moved since the last one that was looked at."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.schemas import ImageU8

PLANE_HEIGHT = 180
"""Least height of the compared plane, in pixels; the smallest face looked for (1/18 of the height) keeps 10."""

BLOCK = 5
"""Side of a compared block in pixels of that plane: half of the smallest face."""

STILL_CHANGE = 4.0
"""Change of a block's mean luma, in levels, up to which it is unchanged in a clean picture. From sample to sample of
people whose faces are 10 to 17 pixels wide, the most changed block changes by 13 and more."""

NOISIEST_STILL_CHANGE = 8.0
"""The same at most, in levels, in a noisy picture."""

NOISE_FACTOR = 9.0
"""The largest of all blocks in terms of the median block, when nothing but noise changes."""


class MotionGate:
    """Compares each sample with the last one that was not gated."""

    def __init__(self) -> None:
        self._reference: ImageU8 | None = None

    def is_still(self, luma: ImageU8, *, afresh: bool) -> bool:
        """Whether the sample of `(H, W)` uint8 `luma` shows what the reference shows; if not, it is the next reference.

        `afresh` forgets the reference first: at the beginning of a chunk, and where a shot begins.
        """
        plane = shrink_luma(luma)
        still = not afresh and self._reference is not None and is_unchanged(self._reference, plane)
        if not still:
            self._reference = plane
        return still


def shrink_luma(luma: ImageU8) -> ImageU8:
    """`(h, w)` uint8: `luma` made smaller by a whole factor, so that at least `PLANE_HEIGHT` rows remain."""
    height, width = luma.shape
    factor = max(1, height // PLANE_HEIGHT)
    size_wh = (max(1, width // factor), max(1, height // factor))
    step = max(1, factor // 2)  # every pixel of a block of noise is not needed, and costs four times as much
    cropped = luma[: size_wh[1] * factor : step, : size_wh[0] * factor : step]
    return np.array(cv2.resize(cropped, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def is_unchanged(one: ImageU8, other: ImageU8) -> bool:
    """Whether no block of two `(H, W)` uint8 planes differs by more than the noise of all blocks explains."""
    if one.shape != other.shape:
        return False
    change = np.abs(cv2.boxFilter(cv2.subtract(one, other, dtype=cv2.CV_32F), -1, (BLOCK, BLOCK)))
    noise = float(np.median(change[::4, ::4]))
    return float(change.max()) <= min(max(STILL_CHANGE, NOISE_FACTOR * noise), NOISIEST_STILL_CHANGE)
