"""Encoders with their real weights, built once for all tests, and faces to feed them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.registry import Encoder, load_encoder
from pipeline.errors import WeightsError
from pipeline.faces.alignment import Alignment
from pipeline.schemas import ImageU8

PORTRAITS = {
    "gallery/obama/barack_obama/01.jpg": [
        (401.4, 193.5),
        (493.6, 192.5),
        (449.5, 246.8),
        (393.2, 285.7),
        (497.7, 285.7),
    ],
    "gallery/obama/barack_obama/02.jpg": [
        (216.1, 313.3),
        (315.4, 325.6),
        (247.8, 378.9),
        (209.9, 435.2),
        (302.1, 447.5),
    ],
    "detection/mtcnn/ivan.jpg": [(290.4, 116.3), (314.3, 113.5), (304.2, 130.0), (296.5, 142.6), (313.6, 140.8)],
}
"""Photographs of two people, the first of them twice; with landmarks, so that golden values need no detector."""

PortraitCrops = Callable[[Alignment], ImageU8]


@pytest.fixture(scope="session")
def dlib_resnet(weights_cache: Path) -> Encoder:
    return load_encoder("dlib-resnet", weights_cache)


@pytest.fixture(scope="session")
def sface(weights_cache: Path) -> Encoder:
    try:
        return load_encoder("sface", weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of sface cannot be had: {error}")


@pytest.fixture(scope="session")
def portrait_crops(open_data: Path) -> PortraitCrops:
    """Gives the portraits `(3, S, S, 3)` uint8 RGB aligned as an encoder wants them."""

    def crops_for(alignment: Alignment) -> ImageU8:
        crops = []
        for name, landmarks in PORTRAITS.items():
            crop = _cut(cv2.imread(str(open_data / name)), np.array(landmarks, np.float32), alignment)
            assert crop is not None
            crops.append(crop[..., ::-1])
        return np.stack(crops)

    return crops_for


def _cut(image: ImageU8, landmarks_xy: np.ndarray, alignment: Alignment) -> ImageU8 | None:
    """The face of these landmarks, in a box that leaves as much around them as detectors do."""
    (left, top), (right, bottom) = landmarks_xy.min(axis=0), landmarks_xy.max(axis=0)
    width, height = right - left, bottom - top
    box = np.array([left - width / 2, top - 0.6 * height, right + width / 2, bottom + 0.5 * height], np.float32)
    return alignment.cut(image, box, landmarks_xy)
