"""Alignment: landmarks land on the template, whatever the face's size, turn and place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.faces.alignment import ALIGNMENTS, FivePointAlignment
from pipeline.faces.warping import similarity_transform
from tests.builders_faces import make_landmarks, make_texture


def turned(points_xy: np.ndarray, degrees: float, scale: float, shift_xy: tuple[float, float]) -> np.ndarray:
    a = scale * np.exp(1j * np.deg2rad(degrees))
    moved = (points_xy @ (1, 1j)) * a + complex(*shift_xy)
    return np.stack([moved.real, moved.imag], axis=1).astype(np.float32)


FIVE_POINTS = [one for one in ALIGNMENTS.values() if isinstance(one, FivePointAlignment)]
NOWHERE = np.zeros(4, np.float32)


@pytest.mark.parametrize("template", FIVE_POINTS, ids=lambda template: template.name)
@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (30, 0.3), (-75, 2.5), (180, 4)])
def test_a_moved_template_is_mapped_back_exactly(template, degrees, scale):
    moved = turned(template.points_xy, degrees, scale, (40, -12))

    matrix = similarity_transform(moved, template.points_xy)

    assert matrix is not None
    back = moved @ matrix[:, :2].T + matrix[:, 2]
    assert np.allclose(back, template.points_xy, atol=1e-3)


def test_the_transform_never_mirrors():
    template = ALIGNMENTS["dlib-150"]
    mirrored = template.points_xy * (-1, 1)

    matrix = similarity_transform(mirrored.astype(np.float32), template.points_xy)

    assert matrix is not None
    assert np.linalg.det(matrix[:, :2]) > 0


def test_noise_is_met_by_least_squares():
    template = ALIGNMENTS["arcface-112"]
    noisy = template.points_xy + np.random.default_rng(0).normal(0, 2, (5, 2)).astype(np.float32)

    matrix = similarity_transform(noisy, template.points_xy)

    assert matrix is not None
    best = np.linalg.norm(noisy @ matrix[:, :2].T + matrix[:, 2] - template.points_xy)
    for change in np.random.default_rng(1).normal(0, 1e-2, (50, 2)):
        a, b = matrix[0, 0] + change[0], matrix[1, 0] + change[1]
        other = np.array([[a, -b], [b, a]])
        centred = noisy - noisy.mean(axis=0), template.points_xy - template.points_xy.mean(axis=0)
        assert np.linalg.norm(centred[0] @ other.T - centred[1]) >= best


@pytest.mark.parametrize(
    "landmarks",
    [np.zeros((5, 2)), np.full((5, 2), 31.5), np.full((5, 2), np.nan), np.full((5, 2), np.inf)],
    ids=["origin", "one point", "not a number", "infinite"],
)
def test_landmarks_that_name_no_face_give_no_crop(landmarks):
    crop = ALIGNMENTS["dlib-150"].cut(make_texture(), NOWHERE, landmarks.astype(np.float32))

    assert crop is None


def test_the_crop_shows_what_lay_at_the_landmarks():
    template = ALIGNMENTS["arcface-112"]
    landmarks = turned(template.points_xy, 25, 1.4, (150, 40))
    image = np.zeros((360, 360, 3), np.uint8)
    for x, y in landmarks:
        cv2.circle(image, (round(float(x)), round(float(y))), 4, (0, 0, 255), -1)

    crop = template.cut(image, NOWHERE, landmarks)

    assert crop is not None
    assert crop.shape == (112, 112, 3)
    for x, y in template.points_xy:
        assert crop[round(float(y)), round(float(x)), 2] > 200


@pytest.mark.parametrize("times", [2, 5, 11])
def test_a_large_face_is_shrunk_without_shimmer(times):
    template = ALIGNMENTS["dlib-150"]
    small = make_texture((240, 240), cell_px=24)
    large = cv2.resize(small, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    stripes = large.copy()
    stripes[:, ::2] //= 4
    landmarks = (template.points_xy + 45) * times + (times - 1) / 2

    crop = template.cut(large, NOWHERE, landmarks.astype(np.float32))
    striped = template.cut(stripes, NOWHERE, landmarks.astype(np.float32))

    assert crop is not None
    assert striped is not None
    assert np.abs(crop.astype(int) - small[45:195, 45:195]).mean() < 4
    assert np.abs(striped[..., 0] - crop[..., 0] * 0.625).mean() < 12


def test_what_lies_beyond_the_picture_is_black():
    box = np.array([-60, -60, 40, 40], np.float32)

    crop = ALIGNMENTS["arcface-112"].cut(np.full((200, 200, 3), 255, np.uint8), NOWHERE, make_landmarks(box))

    assert crop is not None
    assert crop[:20, :20].max() == 0
    assert crop[-10:, -10:].min() == 255


def test_a_face_far_outside_the_picture_gives_a_black_crop():
    box = np.array([5000, 5000, 6000, 6000], np.float32)

    crop = ALIGNMENTS["arcface-112"].cut(make_texture(), NOWHERE, make_landmarks(box))

    assert crop is not None
    assert crop.max() == 0
