"""SFace: the same numbers as OpenCV's own reader, whatever the batch."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.networks.sface import network_of
from pipeline.encoders.registry import Encoder, encoder_entry, weights_path
from pipeline.errors import WeightsError

pytestmark = pytest.mark.slow


def random_crops(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 112, 112, 3), np.uint8)


def test_it_agrees_with_opencv(sface: Encoder, portrait_crops, weights_cache: Path):
    reference = cv2.FaceRecognizerSF.create(str(weights_path(encoder_entry("sface"), weights_cache)), "")
    crops = np.concatenate([portrait_crops(sface.alignment), random_crops(3)])

    vectors = sface.embed(crops)

    theirs = np.concatenate([reference.feature(np.ascontiguousarray(crop[..., ::-1])) for crop in crops])
    assert np.abs(vectors - theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).max() < 1e-5


def test_golden_distances(sface: Encoder, portrait_crops):
    first, second, other = sface.embed(portrait_crops(sface.alignment))

    assert first @ second == pytest.approx(0.75558, abs=1e-4)
    assert first @ other == pytest.approx(0.17677, abs=1e-4)


@pytest.mark.parametrize("n_faces", [0, 1, 3, 33])
def test_any_number_of_faces_gives_unit_vectors(sface: Encoder, n_faces: int):
    vectors = sface.embed(random_crops(n_faces))

    assert vectors.shape == (n_faces, 128)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_face_does_not_depend_on_its_company(sface: Encoder):
    crops = random_crops(5)

    alone = np.concatenate([sface.embed(crop[None]) for crop in crops])

    assert np.abs(sface.embed(crops) - alone).max() < 1e-5


def test_other_weights_are_refused():
    with pytest.raises(WeightsError, match="not SFace: it has no weights 'conv_1_batchnorm_gamma'"):
        network_of({"something": np.ones(3, np.float32)})
