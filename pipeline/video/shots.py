"""Shot cuts, found on a thumbnail of the luma of every decoded frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

import cv2
import numpy as np

from pipeline.schemas import ImageU8, VectorF32

THUMBNAIL_WH = (64, 36)
"""Small enough that motion and noise blur away, in pixels."""

HISTORY_FRAMES = 8
"""Frames before a frame that its verdict depends on: reading may begin anywhere if it begins this far before."""

CUT_DISTANCE = 0.35
"""Least distance across a cut (0 is the same picture, 1 an unrelated one)."""

CUT_RATIO = 2.0
"""Least distance across a cut, in terms of what motion makes of the frames before it."""


class ShotDetector:
    """Tells at which frames of a source another shot begins."""

    def __init__(self) -> None:
        self._thumbnails: deque[VectorF32] = deque(maxlen=HISTORY_FRAMES)
        self._distances: deque[float] = deque(maxlen=HISTORY_FRAMES - 1)

    def starts_shot(self, luma: ImageU8) -> bool:
        """Whether the next frame, of `(H, W)` uint8 `luma`, shows another shot than the frame before it."""
        thumbnail = _shrink(luma)
        if not self._thumbnails:
            self._thumbnails.append(thumbnail)
            return False
        distance = measure_distance(self._thumbnails[-1], thumbnail)
        motion = _second_largest(self._distances)
        self._thumbnails.append(thumbnail)
        self._distances.append(distance)
        return distance > max(CUT_DISTANCE, CUT_RATIO * motion)


def measure_distance(one: VectorF32, other: VectorF32) -> float:
    """1 minus the correlation of two thumbnails, 0..2: blind to brightness and contrast, so that a flash is no cut.

    0 from blank to blank, 0.5 from blank to a picture.
    """
    difference = one - other
    return float(difference @ difference) / 2


def _second_largest(distances: Collection[float]) -> float:
    """The largest may be a cut; a second one is motion. 0 for fewer than two."""
    return sorted(distances)[-2:][0] if len(distances) > 1 else 0.0


def _shrink(luma: ImageU8) -> VectorF32:
    """`(64 * 36,)` float32 of mean 0 and length 1 (of length 0 for a picture of one tone)."""
    step = max(1, luma.shape[0] // 180)
    small = cv2.resize(luma[::step, ::step], THUMBNAIL_WH, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    centred = small - small.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 64.0), np.float32)
