"""Finds the faces of a chunk by searching some frames whole and following the faces through the frames between.

A chunk is recorded already, so a face is followed from both sides: from the search before and from the one after. Where
two neighbouring searches disagree, the frame halfway is searched too, so that the effort goes where faces come and go.
Nothing is followed across a cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from pipeline.faces.detection import Detections
from pipeline.faces.mtcnn.boxes import IndexArray, square_boxes
from pipeline.faces.mtcnn.suppression import undisturbed
from pipeline.schemas import VectorF32

SEARCH_SPACING = 5
"""Frames from one search to the next, at most: a second of footage at the default sampling."""
HALVINGS = 2
"""How often the gap between two searches that disagree is halved."""
LARGEST_SHIFT = 1.0
"""How far a face may have moved between two known frames to be the same one, in face sizes."""
LARGEST_GROWTH = 2.0
"""How many times larger it may have become."""
SAME_PLACE = 0.8
"""The overlap from which two predictions are one, and the better founded one stays."""
LOOKS_XY = ((0.0, 0.0), (0.2, 0.0), (-0.2, 0.0), (0.0, 0.2), (0.0, -0.2))
"""Where to look for a face around its predicted place, in face sizes: R-Net pulls a box back from about this far."""


class FrameViewer(Protocol):
    """Looks at frames of one chunk, which it knows by their numbers."""

    def search(self, frames: IndexArray) -> list[Detections]:
        """All faces of each of `frames`."""
        ...

    def look(self, frames: IndexArray, squares_xyxy: Sequence[VectorF32]) -> list[Detections]:
        """The faces of each of `frames` that lie near its `(M, 4)` float32 squares."""
        ...


def find_faces(starts_shot: Sequence[bool], viewer: FrameViewer) -> list[Detections]:
    """The faces of every frame of a chunk; `starts_shot` tells which frames begin a shot."""
    known = _searched(searched_frames(starts_shot), viewer)
    for _ in range(HALVINGS):
        known |= _searched(doubtful_frames(known), viewer)
    for frames in rounds(np.array(sorted(known), np.intp), len(starts_shot)):
        squares_xyxy = [_predicted(frame, known) for frame in frames]
        known |= dict(zip(frames.tolist(), viewer.look(frames, squares_xyxy), strict=True))
    return [known[frame] for frame in range(len(starts_shot))]


def searched_frames(starts_shot: Sequence[bool]) -> IndexArray:
    """The frames to search in any case: the first and the last of each shot, and evenly spaced ones between them."""
    begins = [0, *(frame for frame in range(1, len(starts_shot)) if starts_shot[frame]), len(starts_shot)]
    shots = [(begin, end - 1) for begin, end in pairwise(begins) if begin < end]
    spaced = [np.linspace(first, last, -(-(last - first) // SEARCH_SPACING) + 1).round() for first, last in shots]
    return np.unique(np.concatenate([np.empty(0), *spaced])).astype(np.intp)


def doubtful_frames(known: Mapping[int, Detections]) -> IndexArray:
    """The frames halfway between two neighbouring known ones that do not show the same faces."""
    order = sorted(known)
    gaps = [(before, after) for before, after in pairwise(order) if after - before > 1]
    halfway = [(before + after) // 2 for before, after in gaps if not _agree(known[before], known[after])]
    return np.array(halfway, np.intp)


def rounds(known: IndexArray, n_frames: int) -> list[IndexArray]:
    """The frames to follow faces through, in rounds: each frame stands next to one known before its round."""
    distances = np.abs(np.arange(n_frames)[:, None] - known).min(axis=1, initial=n_frames)
    return [np.flatnonzero(distances == distance) for distance in range(1, distances.max(initial=0) + 1)]


def predict_squares(before_xyxy: VectorF32, after_xyxy: VectorF32, fraction: float) -> VectorF32:
    """`(M, 4)` float32 squares in which to look for faces, `fraction` of the way from one known frame to another.

    A face known on both sides is expected between; any face may also have stayed where it was, or be there already.
    """
    first, second = same_faces(before_xyxy, after_xyxy)
    between = before_xyxy[first] * np.float32(1 - fraction) + after_xyxy[second] * np.float32(fraction)
    squares = square_boxes(np.concatenate([between, before_xyxy, after_xyxy]))
    squares = squares[undisturbed(squares, SAME_PLACE, "union")]
    sides = squares[:, 2:] - squares[:, :2]
    shifts = sides[:, None] * np.array(LOOKS_XY, np.float32)
    looks: VectorF32 = squares[:, None] + np.concatenate([shifts, shifts], axis=2)
    return looks.reshape(-1, 4)


def same_faces(before_xyxy: VectorF32, after_xyxy: VectorF32) -> tuple[IndexArray, IndexArray]:
    """Indices before and after of boxes that show one face: each the other's nearest, neither far nor another size."""
    if not len(before_xyxy) or not len(after_xyxy):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    sizes_a, sizes_b = _sizes(before_xyxy)[:, None], _sizes(after_xyxy)[None]
    centres_a, centres_b = ((boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (before_xyxy, after_xyxy))
    shifts = np.linalg.norm(centres_a[:, None] - centres_b, axis=2) / np.maximum(sizes_a, sizes_b)
    growths = np.maximum(sizes_a / sizes_b, sizes_b / sizes_a)
    shifts = np.where(growths < LARGEST_GROWTH, shifts, np.inf)
    nearest = shifts.argmin(axis=1)
    mutual = shifts.argmin(axis=0)[nearest] == np.arange(len(nearest))
    first = np.flatnonzero(mutual & (shifts.min(axis=1) < LARGEST_SHIFT))
    return first, nearest[first]


def _searched(frames: IndexArray, viewer: FrameViewer) -> dict[int, Detections]:
    return dict(zip(frames.tolist(), viewer.search(frames), strict=True))


def _agree(before: Detections, after: Detections) -> bool:
    n_same = len(same_faces(before.boxes_xyxy, after.boxes_xyxy)[0])
    return n_same == len(before) == len(after)


def _predicted(frame: int, known: Mapping[int, Detections]) -> VectorF32:
    before = max(number for number in known if number < frame)
    after = min(number for number in known if number > frame)
    fraction = (frame - before) / (after - before)
    return predict_squares(known[before].boxes_xyxy, known[after].boxes_xyxy, fraction)


def _sizes(boxes_xyxy: VectorF32) -> VectorF32:
    sizes: VectorF32 = np.sqrt((boxes_xyxy[:, 2] - boxes_xyxy[:, 0]) * (boxes_xyxy[:, 3] - boxes_xyxy[:, 1]))
    return sizes
