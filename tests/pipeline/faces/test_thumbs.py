"""Thumbnails: a loose crop as JPEG, clipped to the picture, of bounded size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.faces.thumbs import LARGEST_SIDE, make_thumb
from tests.builders_faces import make_texture


def size_of(jpeg: bytes | None) -> tuple[int, int]:
    assert jpeg is not None
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return image.shape[1], image.shape[0]


@pytest.mark.parametrize(
    ("box", "size_wh"),
    [((100, 80, 150, 130), (80, 80)), ((-10, 80, 40, 130), (55, 80)), ((20, 20, 220, 220), (200, 200))],
    ids=["inside", "at the edge", "large"],
)
def test_the_crop_is_loose_and_clipped(box, size_wh):
    thumb = make_thumb(make_texture((400, 400)), np.array(box, np.float32))

    assert size_of(thumb) == size_wh
    assert max(size_of(thumb)) <= LARGEST_SIDE


def test_a_box_outside_the_picture_has_no_thumbnail():
    assert make_thumb(make_texture(), np.array([400, 0, 450, 50], np.float32)) is None


def test_colours_stay_as_they_were():
    image = np.full((100, 100, 3), (10, 60, 240), np.uint8)

    thumb = make_thumb(image, np.array([30, 30, 60, 60], np.float32))

    assert thumb is not None
    decoded = cv2.imdecode(np.frombuffer(thumb, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(decoded.astype(int) - (10, 60, 240)).max() <= 3
