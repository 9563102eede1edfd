"""The pyramid: how many levels, how large, and what is on them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.mtcnn.pyramid import pyramid_levels, shrink_levels


@pytest.mark.parametrize("size_wh", [(0, 0), (11, 11), (640, 11), (39, 300)])
def test_a_picture_smaller_than_the_smallest_face_has_no_level(size_wh: tuple[int, int]) -> None:
    assert pyramid_levels(size_wh, 40) == []


@pytest.mark.parametrize("min_face_size", [12, 20, 27, 40, 80, 200])
def test_every_level_is_as_large_as_the_network_at_least(min_face_size: int) -> None:
    sizes = [level.size_wh for level in pyramid_levels((640, 360), min_face_size)]

    assert sizes
    assert min(min(size) for size in sizes) >= 12


def test_the_smallest_face_fills_the_network_on_the_first_level() -> None:
    first, second, *_ = pyramid_levels((1280, 720), 40)

    assert (first.size_wh, second.size_wh) == ((384, 216), (272, 153))


@pytest.mark.parametrize("size_wh", [(1280, 720), (641, 479), (97, 55)])
def test_levels_have_the_sizes_and_the_mean_of_the_picture(size_wh: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (size_wh[1], size_wh[0], 3), np.uint8)
    levels = pyramid_levels(size_wh, 20)

    shrunk = list(shrink_levels([picture, picture], levels))

    assert [images.shape for _, images in shrunk] == [(2, *level.size_wh[::-1], 3) for level in levels]
    assert all(abs(images.mean() - picture.mean()) < 1.5 for _, images in shrunk)


def test_a_picture_that_needs_no_shrinking_is_left_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)

    _, images = next(shrink_levels([picture], pyramid_levels((40, 30), 12)))

    assert np.array_equal(images[0], picture.astype(np.float32))
