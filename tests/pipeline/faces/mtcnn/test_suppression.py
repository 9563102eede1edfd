"""Suppression of worse boxes, against the package's rule written out pair by pair."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.mtcnn.boxes import Candidates
from pipeline.faces.mtcnn.suppression import BLOCK_BOXES, Overlap, overlap_matrix, suppress


def make_candidates(n: int, n_frames: int = 1, seed: int = 0) -> Candidates:
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 100, (n, 2))
    found = np.concatenate([corners, corners + random.uniform(10, 40, (n, 2))], axis=1).astype(np.float32)
    frames = random.integers(0, n_frames, n).astype(np.intp)
    return Candidates(frames, found, random.permutation(n).astype(np.float32) / n)


def survivors_pair_by_pair(candidates: Candidates, threshold: float, overlap: Overlap) -> set[int]:
    overlaps = overlap_matrix(candidates.boxes_xyxy, candidates.boxes_xyxy, overlap)
    return {
        one
        for one in range(len(candidates))
        if not any(
            candidates.frames[other] == candidates.frames[one]
            and candidates.scores[other] > candidates.scores[one]
            and overlaps[one, other] > threshold
            for other in range(len(candidates))
        )
    }


@pytest.mark.parametrize("overlap", ["union", "smaller"])
@pytest.mark.parametrize(("n", "n_frames"), [(0, 1), (1, 1), (40, 1), (150, 3), (BLOCK_BOXES + 20, 1)])
def test_only_boxes_without_a_better_one_over_them_survive(n: int, n_frames: int, overlap: Overlap) -> None:
    candidates = make_candidates(n, n_frames)

    kept = suppress(candidates, 0.4, overlap)

    assert set(kept.tolist()) == survivors_pair_by_pair(candidates, 0.4, overlap)


def test_survivors_come_frame_by_frame_and_best_first() -> None:
    candidates = make_candidates(60, n_frames=3)

    kept = candidates.take(suppress(candidates, 0.4, "union"))

    order = list(zip(kept.frames.tolist(), (-kept.scores).tolist(), strict=True))
    assert order == sorted(order)


def test_boxes_of_different_frames_leave_each_other_alone() -> None:
    same = np.tile(np.array([[0, 0, 10, 10]], np.float32), (2, 1))
    candidates = Candidates(np.array([0, 1], np.intp), same, np.array([0.9, 0.8], np.float32))

    assert suppress(candidates, 0.5, "union").tolist() == [0, 1]


@pytest.mark.parametrize(("overlap", "expected"), [("union", 0.25), ("smaller", 1.0)])
def test_overlap_is_a_share_of_the_union_or_of_the_smaller_box(overlap: Overlap, expected: float) -> None:
    large, small = np.array([[0, 0, 8, 8]], np.float32), np.array([[2, 2, 6, 6]], np.float32)

    assert overlap_matrix(large, small, overlap)[0, 0] == pytest.approx(expected)
