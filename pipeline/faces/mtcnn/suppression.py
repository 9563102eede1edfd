"""Of boxes that overlap, keeps the best: exactly the package's rule, without its square matrices over everything."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipeline.faces.mtcnn.boxes import Candidates, IndexArray
from pipeline.schemas import VectorF32

Overlap = Literal["union", "smaller"]
"""Whether an intersection is measured against the union of two boxes, or against the smaller of them."""

BLOCK_BOXES = 256
"""Boxes compared with all better ones at a time: bounds the memory, and skips half of the comparisons."""


def suppress(candidates: Candidates, threshold: float, overlap: Overlap) -> IndexArray:
    """Indices of the candidates that no better one of their frame overlaps by more than `threshold`.

    They come frame by frame, best first. A candidate is compared with every better one, dropped ones included.
    """
    order = np.lexsort((-candidates.scores, candidates.frames))
    starts = np.flatnonzero(np.diff(candidates.frames[order], prepend=-1))
    groups = np.split(order, starts[1:])
    kept = [group[undisturbed(candidates.boxes_xyxy[group], threshold, overlap)] for group in groups]
    return np.concatenate(kept)


def undisturbed(boxes_xyxy: VectorF32, threshold: float, overlap: Overlap) -> IndexArray:
    """Indices of those of one frame's boxes, best first, that no better box overlaps by more than `threshold`."""
    disturbed = np.zeros(len(boxes_xyxy), bool)
    for start in range(0, len(boxes_xyxy), BLOCK_BOXES):
        end = min(start + BLOCK_BOXES, len(boxes_xyxy))
        overlaps = overlap_matrix(boxes_xyxy[start:end], boxes_xyxy[:end], overlap)
        better = np.arange(end)[None, :] < np.arange(start, end)[:, None]
        disturbed[start:end] = ((overlaps > threshold) & better).any(axis=1)
    return np.flatnonzero(~disturbed)


def overlap_matrix(boxes_a: VectorF32, boxes_b: VectorF32, overlap: Overlap = "union") -> VectorF32:
    """`(A, B)` float32 overlaps, 0..1, of each of `(A, 4)` boxes with each of `(B, 4)`."""
    sides = [
        np.maximum(
            np.minimum(boxes_a[:, None, axis + 2], boxes_b[None, :, axis + 2])
            - np.maximum(boxes_a[:, None, axis], boxes_b[None, :, axis]),
            0,
        )
        for axis in (0, 1)
    ]
    intersections = sides[0] * sides[1]
    areas_a, areas_b = _areas(boxes_a)[:, None], _areas(boxes_b)[None, :]
    whole = np.minimum(areas_a, areas_b) if overlap == "smaller" else areas_a + areas_b - intersections
    overlaps: VectorF32 = intersections / np.maximum(whole, np.float32(1e-6))
    return overlaps


def _areas(boxes_xyxy: VectorF32) -> VectorF32:
    areas: VectorF32 = (boxes_xyxy[:, 2] - boxes_xyxy[:, 0]) * (boxes_xyxy[:, 3] - boxes_xyxy[:, 1])
    return areas
