"""Encoders with their real weights, built once for all tests, and faces to feed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.local.terms import accept_terms
from pipeline.encoders.registry import Encoder, encoder_entry, load_encoder, weights_path
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
    return _fetched("sface", weights_cache)


@pytest.fixture(scope="session")
def facenet_128(weights_cache: Path) -> Encoder:
    return _fetched("facenet-128", weights_cache)


@pytest.fixture(scope="session")
def facenet_512(weights_cache: Path) -> Encoder:
    return _fetched("facenet-512", weights_cache)


@pytest.fixture(scope="session")
def w600k_mbf(weights_cache: Path) -> Encoder:
    """For research that is not commercial only; comparing it with another reader is just that."""
    accept_terms(encoder_entry("w600k-mbf"), weights_cache, by="the tests", at=datetime.now(UTC))
    return _fetched("w600k-mbf", weights_cache)


@pytest.fixture(scope="session")
def nn4_file(weights_cache: Path) -> Path:
    """OpenFace's nn4.small2 as Torch wrote it."""
    try:
        return weights_path(encoder_entry("nn4-small2"), weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of nn4-small2 cannot be had: {error}")


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


def _fetched(name: str, weights_cache: Path) -> Encoder:
    try:
        return load_encoder(name, weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of {name} cannot be had: {error}")


def _cut(image: ImageU8, landmarks_xy: np.ndarray, alignment: Alignment) -> ImageU8 | None:
    """The face of these landmarks, in a box that leaves as much around them as detectors do."""
    (left, top), (right, bottom) = landmarks_xy.min(axis=0), landmarks_xy.max(axis=0)
    width, height = right - left, bottom - top
    box = np.array([left - width / 2, top - 0.6 * height, right + width / 2, bottom + 0.5 * height], np.float32)
    return alignment.cut(image, box, landmarks_xy)
