"""nn4.small2: the same numbers as OpenCV's own reader of OpenFace's file, in every batch."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.batches import unit_length
from pipeline.encoders.network import NetworkEncoder
from pipeline.encoders.networks.nn4_layers import CROP_SIZE, Variant
from pipeline.encoders.networks.nn4_small2 import OPENFACE, build, network_of
from pipeline.encoders.networks.nn4_small2_tutorial import TUTORIAL
from pipeline.encoders.networks.nn4_weights import read_weights
from pipeline.encoders.registry import Encoder
from pipeline.faces.alignment import ALIGNMENTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nn4(nn4_file: Path) -> Encoder:
    return NetworkEncoder("nn4-small2", build(nn4_file), ALIGNMENTS["openface-96"])


def random_crops(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, CROP_SIZE, CROP_SIZE, 3), np.uint8)


def test_it_agrees_with_opencv(nn4: Encoder, portrait_crops, nn4_file: Path):
    reference = cv2.dnn.readNetFromTorch(str(nn4_file))
    crops = np.concatenate([portrait_crops(nn4.alignment), random_crops(2)])

    vectors = nn4.embed(crops)

    reference.setInput(cv2.dnn.blobFromImages(list(crops), 1 / 255))
    assert np.abs(vectors - reference.forward()).max() < 1e-5


def test_golden_cosines(nn4: Encoder, portrait_crops):
    first, second, other = nn4.embed(portrait_crops(nn4.alignment))

    assert first @ second == pytest.approx(0.80107, abs=1e-4)
    assert first @ other == pytest.approx(0.23056, abs=1e-4)


@pytest.mark.parametrize("n_faces", [0, 1, 3, 33])
def test_any_number_of_faces_gives_unit_vectors(nn4: Encoder, n_faces: int):
    vectors = nn4.embed(random_crops(n_faces))

    assert vectors.shape == (n_faces, 128)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_face_does_not_depend_on_its_company(nn4: Encoder):
    crops = random_crops(5)

    alone = np.concatenate([nn4.embed(crop[None]) for crop in crops])

    assert np.abs(nn4.embed(crops) - alone).max() < 1e-5


@pytest.mark.parametrize("variant", [OPENFACE, TUTORIAL], ids=["openface", "tutorial"])
@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_half_precision_keeps_faces_what_they_are(nn4_file: Path, portrait_crops, variant: Variant, half: str):
    import tensorflow as tf

    network = network_of(read_weights(nn4_file), variant)
    crops = portrait_crops(ALIGNMENTS["openface-96"])

    single, mixed = (
        network.tail(network.trunk(tf.constant(crops, kind)), network.tail_weights).numpy()
        for kind in ("float32", half)
    )

    assert (unit_length(single) * unit_length(mixed)).sum(axis=1).min() > 0.9999


def test_the_tail_is_the_last_block_and_the_last_layer(nn4_file: Path):
    tail = build(nn4_file).tail_weights

    assert sorted(tail) == sorted(
        [
            f"inception_5b_{layer}/{part}"
            for layer in ("3x3_conv1", "3x3_conv2", "pool_conv", "1x1_conv")
            for part in ("kernel", "bias")
        ]
        + ["kernel", "bias"]
    )
    assert tail["kernel"].shape == (736, 128)
