"""Turning pictures and finding the way back: a point keeps its pixel."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.detection import Detections
from pipeline.faces.detectors.turning import cut_upright, turn_back, turn_picture

WIDTH, HEIGHT = 60, 40


def one_face(box: list[float], landmarks: np.ndarray) -> Detections:
    return Detections(np.array([box], np.float32), landmarks[None].astype(np.float32), np.ones(1, np.float32))


@pytest.mark.parametrize("quarter", range(4))
def test_a_landmark_comes_back_to_its_pixel(quarter: int) -> None:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    picture[7, 22] = 255
    y, x = np.argwhere(turn_picture(picture, quarter) == 255)[0]

    back = turn_back(one_face([x - 2, y - 1, x + 3, y + 2], np.tile((x, y), (5, 1))), quarter, (WIDTH, HEIGHT))

    assert back.landmarks_xy[0].tolist() == [[22, 7]] * 5
    assert (back.boxes_xyxy[0, :2] <= (22, 7)).all()
    assert (back.boxes_xyxy[0, 2:] >= (22, 7)).all()
    assert back.boxes_xyxy[0, 2] - back.boxes_xyxy[0, 0] == (5 if quarter % 2 == 0 else 3)


def test_no_face_stays_none() -> None:
    assert [len(turn_back(Detections.empty(), quarter, (WIDTH, HEIGHT))) for quarter in range(4)] == [0] * 4


@pytest.mark.parametrize("roll", [0.0, 90.0, 180.0, -90.0])
def test_a_patch_turns_a_face_upright_and_its_box_back(roll: float) -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    box = np.array([80, 90, 120, 110] if roll % 180 else [90, 80, 110, 120], np.float32)
    patch = cut_upright(picture, box, roll, face_px=80)
    middle = patch.image_bgr.shape[0] / 2
    scale = 80 / np.sqrt(20 * 40)
    in_patch = [middle - 10 * scale, middle - 20 * scale, middle + 10 * scale, middle + 20 * scale]

    back = patch.back(one_face(in_patch, np.tile((middle, middle - 20 * scale), (5, 1))))

    assert back.boxes_xyxy[0].tolist() == pytest.approx(box.tolist(), abs=0.5)
    crown = {0.0: (100, 80), 90.0: (120, 100), 180.0: (100, 120), -90.0: (80, 100)}[roll]
    assert back.landmarks_xy[0, 0].tolist() == pytest.approx(crown, abs=0.5)


def test_a_patch_shows_the_face_upright() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[45:55, 60:70] = 255  # the crown of a head that lies on its left side: turned clockwise by 90 degrees

    patch = cut_upright(picture, np.array([30, 35, 70, 65], np.float32), 90.0, face_px=40)

    rows = np.flatnonzero(patch.image_bgr[..., 0].any(axis=1))
    assert rows.max() < patch.image_bgr.shape[0] / 2
