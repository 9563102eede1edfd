"""Quality: what makes a face useless lowers it, and it foretells how like its person a face will look."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.faces.quality import judge_face, judge_pose
from tests.builders_faces import make_landmarks, make_texture

BOX = np.array([100, 60, 200, 160], np.float32)


def quality_of(image_bgr=None, box_xyxy=BOX, landmarks_xy=None, score=1.0):
    image = make_texture() if image_bgr is None else image_bgr
    landmarks = make_landmarks(box_xyxy) if landmarks_xy is None else landmarks_xy
    return judge_face(image, box_xyxy, landmarks, score)


def test_a_large_sharp_frontal_face_in_good_light_is_ideal():
    quality = quality_of()

    assert (quality.size, quality.sharpness, quality.pose, quality.light) == (1, 1, 1, 1)
    assert quality.overall == pytest.approx(1)


@pytest.mark.parametrize(
    ("spoilt", "part"),
    [
        (cv2.GaussianBlur(make_texture(), (0, 0), 12), "sharpness"),
        (make_texture() // 12, "light"),
        (make_texture() // 20 + np.uint8(235), "light"),
        (np.zeros((240, 320, 3), np.uint8), "light"),
    ],
    ids=["blur", "darkness", "glare", "black"],
)
def test_a_spoilt_picture_lowers_its_part_and_the_whole(spoilt, part):
    quality = quality_of(spoilt)

    assert getattr(quality, part) < 0.3
    assert quality.overall < 0.6


def test_smaller_faces_are_worth_less():
    sides = [quality_of(box_xyxy=np.array([100, 60, 100 + side, 60 + side], np.float32)).size for side in (8, 20, 40)]

    assert sides[0] == 0
    assert sides[0] < sides[1] < sides[2] < 1


def test_a_face_cut_off_by_the_edge_counts_by_what_is_seen():
    half_out = np.array([270, 60, 370, 160], np.float32)

    assert quality_of(box_xyxy=half_out).overall == pytest.approx(quality_of().overall / 2, rel=0.1)


def test_a_box_outside_the_picture_is_useless():
    assert quality_of(box_xyxy=np.array([900, 900, 950, 950], np.float32)).overall == 0


@pytest.mark.parametrize("degrees", [-60, 0, 25, 180])
def test_a_head_tilted_in_the_plane_is_frontal(degrees):
    turn = cv2.getRotationMatrix2D((150, 110), degrees, 1)
    landmarks = make_landmarks(BOX) @ turn[:, :2].T + turn[:, 2]

    assert judge_pose(landmarks.astype(np.float32)) == pytest.approx(1)


def test_the_pose_falls_as_the_nose_wanders_to_the_side():
    poses = []
    for shift in (0, 8, 14, 20):
        landmarks = make_landmarks(BOX)
        landmarks[2, 0] += shift
        poses.append(judge_pose(landmarks))

    assert poses == sorted(poses, reverse=True)
    assert poses[0] == 1
    assert poses[-1] == 0


@pytest.mark.parametrize("landmarks", [np.zeros((5, 2)), np.full((5, 2), np.nan)], ids=["one point", "not a number"])
def test_landmarks_that_name_no_face_have_no_pose(landmarks):
    assert judge_pose(landmarks.astype(np.float32)) == 0
