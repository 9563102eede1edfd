"""The value that every detector returns."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.detection import Detections


def test_a_picture_without_faces_has_no_detections() -> None:
    assert len(Detections.empty()) == 0


def test_faces_are_in_the_order_of_their_boxes_however_they_were_found() -> None:
    boxes = np.array([[5, 0, 9, 4], [1, 7, 5, 9], [1, 2, 5, 6]], np.float32)
    landmarks = np.arange(30, dtype=np.float32).reshape(3, 5, 2)

    faces = Detections.sorted_by_box(boxes, landmarks, np.array([0.9, 0.8, 0.7], np.float32))

    assert faces.boxes_xyxy[:, :2].tolist() == [[1, 2], [1, 7], [5, 0]]
    assert faces.scores.tolist() == pytest.approx([0.7, 0.8, 0.9])
    assert faces.landmarks_xy[0, 0].tolist() == [20, 21]


def test_a_score_for_every_box_is_demanded() -> None:
    with pytest.raises(ValueError, match="scores: expected 2 float32"):
        Detections(np.zeros((2, 4), np.float32), np.zeros((2, 5, 2), np.float32), np.zeros(3, np.float32))
