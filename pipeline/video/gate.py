"""The motion gate: samples in which nothing moved since the last one that was looked at."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.schemas import ImageU8

PLANE_HEIGHT = 180
"""Height of the plane that is compared, in pixels; the smallest face looked for (1/18 of the height) keeps 10."""

BLOCK = 5
"""Side of a compared block in pixels of that plane: half of the smallest face."""

STILL_DIFFERENCE = 2.5
"""Mean absolute difference of a block, in levels of luma, up to which it is unchanged: above it lies no compression noise."""


class MotionGate:
    """Compares each sample with the last one that was not gated."""

    def __init__(self) -> None:
        self._reference: ImageU8 | None = None

    def is_still(self, luma: ImageU8, *, afresh: bool) -> bool:
        """Whether the sample of `(H, W)` uint8 `luma` shows what the reference shows; if not, it is the next reference.

        `afresh` forgets the reference first: at the beginning of a chunk, and where a shot begins.
        """
        plane = shrink_luma(luma)
        still = (
            not afresh and self._reference is not None and largest_change(self._reference, plane) <= STILL_DIFFERENCE
        )
        if not still:
            self._reference = plane
        return still


def shrink_luma(luma: ImageU8) -> ImageU8:
    """`(PLANE_HEIGHT, W)` uint8: `luma` made small; smaller pictures stay as they are."""
    height, width = luma.shape
    if height <= PLANE_HEIGHT:
        return np.array(luma)
    size_wh = (max(BLOCK, round(width * PLANE_HEIGHT / height)), PLANE_HEIGHT)
    return np.asarray(cv2.resize(luma, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def largest_change(one: ImageU8, other: ImageU8) -> float:
    """The largest mean absolute difference of any block of two `(H, W)` uint8 planes, 0..255; 255 if sizes differ."""
    if one.shape != other.shape:
        return 255.0
    return float(cv2.boxFilter(cv2.absdiff(one, other), cv2.CV_32F, (BLOCK, BLOCK)).max())
