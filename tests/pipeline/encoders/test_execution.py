"""One way of running networks for all devices: what convolutions compute with, and that faces stay the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.execution import Execution, Precision
from pipeline.encoders.registry import Encoder, encoder_entry, load_encoder, load_network

MIXED = Execution(Precision.MIXED)
LEAST_COSINE = 0.999
"""Of a face in mixed precision and in single: docs/performance.md has what was measured."""


@pytest.fixture(scope="module")
def nn4_small2(nn4_file: Path, weights_cache: Path) -> Encoder:
    """Skips where its file cannot be had."""
    assert nn4_file.is_file()
    return load_encoder("nn4-small2", weights_cache)


@pytest.mark.parametrize(
    ("precision", "n_gpus", "expected"),
    [
        (Precision.FLOAT32, 0, "float32"),
        (Precision.FLOAT32, 2, "float32"),
        (Precision.MIXED, 0, "bfloat16"),
        (Precision.MIXED, 1, "float16"),
    ],
)
def test_the_device_decides_which_half_precision(precision: Precision, n_gpus: int, expected: str):
    assert Execution(precision).convolution_type(n_gpus) == expected


@pytest.mark.slow
@pytest.mark.parametrize("fixture", ["dlib_resnet", "nn4_small2", "sface", "facenet_128", "facenet_512", "w600k_mbf"])
def test_mixed_precision_keeps_faces_what_they_are(
    fixture: str, request: pytest.FixtureRequest, portrait_crops, weights_cache: Path
):
    encoder: Encoder = request.getfixturevalue(fixture)
    crops = portrait_crops(encoder.alignment)

    mixed = load_encoder(encoder.name, weights_cache, MIXED).embed(crops)

    assert mixed.dtype == np.float32
    assert (mixed * encoder.embed(crops)).sum(axis=1).min() > LEAST_COSINE


@pytest.mark.slow
@pytest.mark.parametrize("fixture", ["dlib_resnet", "nn4_small2", "sface", "facenet_128", "facenet_512", "w600k_mbf"])
def test_the_half_precision_of_gpus_keeps_faces_what_they_are(
    fixture: str, request: pytest.FixtureRequest, portrait_crops, weights_cache: Path
):
    import tensorflow as tf

    encoder: Encoder = request.getfixturevalue(fixture)
    crops = portrait_crops(encoder.alignment)[:1]
    network = load_network(encoder_entry(encoder.name), weights_cache)

    features = network.trunk(tf.constant(crops, tf.float16))
    vector = network.tail(features, network.tail_weights).numpy()[0]

    assert features.dtype == tf.float32
    assert vector @ encoder.embed(crops)[0] / np.linalg.norm(vector) > LEAST_COSINE


@pytest.mark.slow
def test_a_compiled_network_gives_the_same_faces(dlib_resnet: Encoder, portrait_crops, weights_cache: Path):
    crops = portrait_crops(dlib_resnet.alignment)

    compiled = load_encoder("dlib-resnet", weights_cache, Execution(xla=True)).embed(crops)

    assert np.abs(compiled - dlib_resnet.embed(crops)).max() < 1e-5
