"""dlib's network: the same numbers as dlib itself, whatever the batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.formats.dlib_format import Convolution, DlibNetwork
from pipeline.encoders.networks.dlib_resnet import network_of
from pipeline.encoders.registry import Encoder, encoder_entry, weights_path
from pipeline.errors import WeightsError

pytestmark = pytest.mark.slow


def random_crops(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 150, 150, 3), np.uint8)


def test_it_agrees_with_dlib(dlib_resnet: Encoder, portrait_crops, weights_cache: Path):
    dlib = pytest.importorskip("dlib", reason="dlib-bin, the reference, is not installed")
    reference = dlib.face_recognition_model_v1(str(weights_path(encoder_entry("dlib-resnet"), weights_cache)))
    crops = np.concatenate([portrait_crops(dlib_resnet.alignment), random_crops(3)])

    vectors = dlib_resnet.embed(crops)

    theirs = np.array([reference.compute_face_descriptor(crop) for crop in crops])
    assert np.abs(vectors - theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).max() < 1e-5


def test_golden_distances(dlib_resnet: Encoder, portrait_crops):
    first, second, other = dlib_resnet.embed(portrait_crops(dlib_resnet.alignment))

    assert first @ second == pytest.approx(0.96581, abs=1e-4)
    assert first @ other == pytest.approx(0.82595, abs=1e-4)


@pytest.mark.parametrize("n_faces", [0, 1, 2, 3, 33])
def test_any_number_of_faces_gives_unit_vectors(dlib_resnet: Encoder, n_faces: int):
    vectors = dlib_resnet.embed(random_crops(n_faces))

    assert vectors.shape == (n_faces, 128)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_face_does_not_depend_on_its_company(dlib_resnet: Encoder):
    crops = random_crops(9)

    alone = np.concatenate([dlib_resnet.embed(crop[None]) for crop in crops])

    assert np.abs(dlib_resnet.embed(crops) - alone).max() < 1e-5


def test_the_same_batch_gives_the_same_bits(dlib_resnet: Encoder):
    crops = random_crops(5)

    assert np.array_equal(dlib_resnet.embed(crops), dlib_resnet.embed(crops))


@pytest.mark.parametrize("shape", [(1, 112, 112, 3), (150, 150, 3), (1, 150, 150, 1)])
def test_crops_of_another_shape_are_refused(dlib_resnet: Encoder, shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="crops_rgb"):
        dlib_resnet.embed(np.zeros(shape, np.uint8))


def test_a_network_of_another_size_is_refused():
    ones = np.ones(4, np.float32)
    convolution = Convolution(np.ones((4, 3, 1, 1), np.float32), ones, ones, ones, 1, 0)

    with pytest.raises(WeightsError, match="29 convolutions, not 1"):
        network_of(DlibNetwork((convolution,), np.ones((4, 128), np.float32)))
