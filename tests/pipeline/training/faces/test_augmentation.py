"""Views of faces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.training.faces.augmentation import Augmentation, augment, degrade, make_views

STILL = Augmentation(mirrors=False, shift=0, scale=0, turn_degrees=0, gain=0, offset=0, degraded_share=0)


def crops(n: int, size: int = 32) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), np.uint8)


@pytest.mark.parametrize(("n", "n_views"), [(0, 3), (2, 1), (2, 4)])
def test_the_first_view_is_the_picture_as_it_is(n: int, n_views: int):
    views = make_views(crops(n), n_views, np.random.default_rng(1))

    assert views.shape == (n, n_views, 32, 32, 3)
    assert (views[:, 0] == crops(n)).all()


def test_equal_generators_give_equal_views_and_others_do_not():
    first, same, other = (make_views(crops(1), 4, np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert (first == same).all()
    assert (first[:, 1:] != other[:, 1:]).any()


def test_without_any_change_a_view_is_the_picture():
    (crop,) = crops(1)

    assert (augment(crop, np.random.default_rng(0), STILL) == crop).all()


def test_a_view_stays_a_likeness():
    face = cv2.GaussianBlur(crops(1, 96)[0], (0, 0), 8)

    views = make_views(face[None], 16, np.random.default_rng(3), Augmentation(mirrors=False))[0]

    flat = [view.mean(axis=2).ravel() for view in views]
    assert min(np.corrcoef(flat[0], view)[0, 1] for view in flat[1:]) > 0.5


def test_degraded_face_has_lost_detail():
    (crop,) = crops(1, 96)

    poor = degrade(crop, np.random.default_rng(0), Augmentation())

    assert poor.shape == crop.shape
    assert cv2.Laplacian(poor, cv2.CV_32F).std() < cv2.Laplacian(crop, cv2.CV_32F).std() / 2


def test_a_crop_smaller_than_the_smallest_face_is_no_trouble():
    assert degrade(crops(1, 16)[0], np.random.default_rng(0), Augmentation()).shape == (16, 16, 3)
