"""Where a face is in the pictures around the one in which its box is known.

The record keeps one box a track, that of its best face, and its thumbnail. The thumbnail says in which picture the box
belongs (the best normalised correlation, Lewis 1995), and from there the box moves with the points inside it (median
flow, Kalal et al. 2010: points are followed there and back, and those that do not come back are dropped).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.faces.thumbs import loose_box
from pipeline.schemas import ImageU8

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height as parts of the picture, 0..1."""

Points: TypeAlias = npt.NDArray[np.float32]

PATCH_SIDE = 32
"""Thumbnail and picture are compared at this size, in pixels."""

LEAST_LIKENESS = 0.6
"""Correlation below which a box shows something else than the thumbnail."""

GRID_SIDE = 8
"""Points followed inside a box, each way."""

INNER_PART = 0.8
"""Points lie in the middle of the box: its corners show what is behind the head."""

MOST_ASTRAY_PX = 1.5
"""A point that comes back farther from where it began was lost, in pixels."""

LEAST_POINTS = 10
"""With fewer points left nobody knows where the box went."""

MOST_GROWTH = 1.15
"""A box that grows or shrinks more from one picture to the next was lost."""


def find_anchor(grays: Sequence[ImageU8], box: Box, thumb_gray: ImageU8) -> int | None:
    """The place of the picture that shows the thumbnail at `box`; None when none does.

    `grays`: `(H, W)` uint8 pictures of one size. `thumb_gray`: `(h, w)` uint8, the loose crop around the box.
    """
    patch = cv2.resize(thumb_gray, (PATCH_SIDE, PATCH_SIDE), interpolation=cv2.INTER_AREA)
    likenesses = [_likeness(_loose_patch(gray, box), np.asarray(patch, np.uint8)) for gray in grays]
    if not likenesses or max(likenesses) < LEAST_LIKENESS:
        return None
    return int(np.argmax(likenesses))


def follow(grays: Sequence[ImageU8], anchor: int, box: Box) -> list[Box | None]:
    """The box in each picture, known in the one at `anchor`; None where it was lost on the way.

    `grays`: `(H, W)` uint8 pictures of one size, in order of time.
    """
    after = _followed(grays[anchor:], box)
    before = _followed(grays[anchor::-1], box)
    return [*reversed(before[1:]), *after]


def _followed(grays: Sequence[ImageU8], box: Box) -> list[Box | None]:
    boxes: list[Box | None] = [box]
    current: Box | None = box
    for earlier, later in pairwise(grays):
        current = None if current is None else _moved(earlier, later, current)
        boxes.append(current)
    return boxes


def _moved(earlier: ImageU8, later: ImageU8, box: Box) -> Box | None:
    points = _grid(box, earlier.shape)
    there, found, _ = cv2.calcOpticalFlowPyrLK(earlier, later, points, None)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(later, earlier, there, None)
    astray = np.linalg.norm(back - points, axis=2).reshape(-1)
    kept = (found.reshape(-1) == 1) & (found_back.reshape(-1) == 1) & (astray < MOST_ASTRAY_PX)
    if int(kept.sum()) < LEAST_POINTS:
        return None
    before, after = points.reshape(-1, 2)[kept], there.reshape(-1, 2)[kept]
    growth = _spread(after) / max(_spread(before), 1e-6)
    if not 1 / MOST_GROWTH < growth < MOST_GROWTH:
        return None
    return _inside(_shifted(box, np.median(after - before, axis=0), growth, earlier.shape))


def _grid(box: Box, shape: tuple[int, ...]) -> Points:
    """`(GRID_SIDE ** 2, 1, 2)` float32 pixel places inside the box."""
    height, width = shape[:2]
    left, top, wide, high = box
    steps = (np.arange(GRID_SIDE) + 0.5) / GRID_SIDE * INNER_PART + (1 - INNER_PART) / 2
    across, down = np.meshgrid((left + steps * wide) * width, (top + steps * high) * height)
    return np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32).reshape(-1, 1, 2)


def _spread(points: Points) -> float:
    """The median distance of points from their middle, in pixels."""
    return float(np.median(np.linalg.norm(points - np.median(points, axis=0), axis=1)))


def _shifted(box: Box, shift_px: Points, growth: float, shape: tuple[int, ...]) -> Box:
    left, top, wide, high = box
    across = left + wide / 2 + float(shift_px[0]) / shape[1]
    down = top + high / 2 + float(shift_px[1]) / shape[0]
    return across - wide * growth / 2, down - high * growth / 2, wide * growth, high * growth


def _inside(box: Box) -> Box | None:
    """The box, if its middle is still in the picture."""
    across, down = box[0] + box[2] / 2, box[1] + box[3] / 2
    return box if 0 <= across <= 1 and 0 <= down <= 1 else None


def _loose_patch(gray: ImageU8, box: Box) -> ImageU8 | None:
    height, width = gray.shape
    left, top, wide, high = box
    corners = np.array([left * width, top * height, (left + wide) * width, (top + high) * height], np.float32)
    x1, y1, x2, y2 = loose_box(corners, (width, height))
    if x2 <= x1 or y2 <= y1:
        return None
    return np.asarray(cv2.resize(gray[y1:y2, x1:x2], (PATCH_SIDE, PATCH_SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _likeness(one: ImageU8 | None, other: ImageU8) -> float:
    """Normalised correlation, -1..1."""
    return -1.0 if one is None else float(cv2.matchTemplate(one, other, cv2.TM_CCOEFF_NORMED)[0, 0])
