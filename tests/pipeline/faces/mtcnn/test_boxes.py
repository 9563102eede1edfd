"""Box arithmetic, against values worked out by the package's rules."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.mtcnn.boxes import Candidates, cells_to_boxes, place_landmarks, shift_boxes, square_boxes


def boxes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("cell_yx", "offsets", "scale", "expected"),
    [
        ((0, 0), (0, 0, 0, 0), 1.0, (1, 1, 12, 12)),
        ((3, 5), (0, 0, 0, 0), 1.0, (11, 7, 22, 18)),
        ((3, 5), (0, 0, 0, 0), 0.5, (22, 14, 44, 36)),
        ((0, 0), (1, 0, 0, -1), 1.0, (12, 1, 12, 1)),
    ],
)
def test_a_cell_becomes_the_box_it_looks_at(cell_yx, offsets, scale, expected) -> None:
    found = cells_to_boxes(np.array([cell_yx]), boxes(offsets), scale)

    np.testing.assert_allclose(found, boxes(expected), atol=1e-5)


def test_no_cell_becomes_no_box() -> None:
    assert cells_to_boxes(np.empty((0, 2), np.int64), boxes(), 0.3).shape == (0, 4)


@pytest.mark.parametrize(
    ("box", "expected"),
    [((0, 0, 10, 10), (0, 0, 10, 10)), ((0, 0, 10, 20), (-5, 0, 15, 20)), ((4, 2, 14, 6), (4, -1, 14, 9))],
)
def test_a_square_keeps_centre_and_longer_side(box, expected) -> None:
    np.testing.assert_allclose(square_boxes(boxes(box)), boxes(expected))


def test_offsets_count_in_box_sizes_that_include_both_edges() -> None:
    shifted = shift_boxes(boxes((0, 0, 9, 19)), boxes((0.1, 0.1, -0.1, 0)))

    np.testing.assert_allclose(shifted, boxes((1, 2, 8, 19)), atol=1e-5)


def test_landmarks_are_placed_in_the_box_that_was_looked_at() -> None:
    relative = np.array([[0, 1, 0.5, 0, 1, 0, 0, 0.5, 1, 1]], np.float32)

    points = place_landmarks(relative, boxes((10, 20, 19, 39)))

    assert points[0].tolist() == [[9, 19], [19, 19], [14, 29], [9, 39], [19, 39]]


def test_candidates_of_nothing_are_empty() -> None:
    assert len(Candidates.joined([])) == 0


def test_candidates_refuse_boxes_of_another_number() -> None:
    with pytest.raises(ValueError, match="boxes_xyxy: expected 1x4 float32"):
        Candidates(np.zeros(1, np.intp), boxes(), np.zeros(1, np.float32))
