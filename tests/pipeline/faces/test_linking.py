"""Linking boxes: which boxes of consecutive frames show one face."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.linking import BoxPair, iou_matrix, link_boxes, match_boxes


def boxes(*corners: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(corners, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("first", "second", "iou"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1),
        ((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0),
        ((0, 0, 10, 10), (-5, -5, 15, 15), 0.25),
        ((3, 3, 3, 3), (3, 3, 3, 3), 0),
    ],
)
def test_iou(first, second, iou):
    assert iou_matrix(boxes(first), boxes(second))[0, 0] == pytest.approx(iou)


def test_no_boxes_give_no_pairs():
    assert iou_matrix(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)
    assert match_boxes(boxes(), boxes((0, 0, 1, 1))) == []


def test_the_largest_overlap_is_given_first():
    first = boxes((0, 0, 10, 10), (4, 0, 14, 10))
    second = boxes((3, 0, 13, 10))

    assert match_boxes(first, second) == [BoxPair(1, 0)]


def test_a_moving_face_keeps_its_number_and_a_new_one_gets_the_next():
    frames = [boxes((0, 0, 40, 40)), boxes((8, 0, 48, 40), (100, 0, 140, 40)), boxes((16, 0, 56, 40))]

    links = link_boxes(frames, [False, False, False])

    assert [numbers.tolist() for numbers in links] == [[0], [0, 1], [0]]


def test_a_short_absence_is_bridged_and_a_long_one_is_not():
    here, nobody = boxes((0, 0, 40, 40)), boxes()

    links = link_boxes([here, nobody, nobody, here, nobody, nobody, nobody, here], [False] * 8)

    assert [numbers.tolist() for numbers in links] == [[0], [], [], [0], [], [], [], [1]]


def test_no_face_goes_on_across_a_cut():
    here = boxes((0, 0, 40, 40))

    links = link_boxes([here, here, here], [True, False, True])

    assert [numbers.tolist() for numbers in links] == [[0], [0], [1]]


def test_faces_that_cross_are_told_apart_by_where_they_were():
    frames = [boxes((0, 0, 40, 40), (60, 0, 100, 40)), boxes((15, 0, 55, 40), (45, 0, 85, 40))]

    links = link_boxes(frames, [False, False])

    assert links[1].tolist() == [0, 1]
