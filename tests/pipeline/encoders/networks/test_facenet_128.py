"""FaceNet of 128 numbers: the same vectors as the network put together from Keras's own layers, nothing folded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.networks.facenet_128 import build, folded_layers, standardised
from pipeline.encoders.networks.inception_resnet_v1 import network_of
from pipeline.encoders.registry import Encoder, encoder_entry, weights_path
from pipeline.errors import WeightsError
from tests.pipeline.encoders.crops import random_crops
from tests.pipeline.encoders.keras_facenet import keras_network

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keras_weights(weights_cache: Path, facenet_128: Encoder) -> KerasWeights:
    return read_keras_weights(weights_path(encoder_entry("facenet-128"), weights_cache))


def test_it_agrees_with_keras(facenet_128: Encoder, keras_weights: KerasWeights, portrait_crops):
    crops = np.concatenate([portrait_crops(facenet_128.alignment), random_crops(2, 160)])
    x = crops.astype(np.float64)
    prewhitened = (x - x.mean((1, 2, 3), keepdims=True)) / np.maximum(x.std((1, 2, 3), keepdims=True), 76800**-0.5)

    theirs = keras_network(keras_weights)(prewhitened.astype(np.float32))

    assert np.abs(facenet_128.embed(crops) - theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).max() < 1e-5


def test_golden_distances(facenet_128: Encoder, portrait_crops):
    first, second, other = facenet_128.embed(portrait_crops(facenet_128.alignment))

    assert first @ second == pytest.approx(0.8346, abs=1e-4)
    assert first @ other == pytest.approx(-0.05075, abs=1e-4)


def test_brightness_and_contrast_do_not_matter(facenet_128: Encoder, portrait_crops):
    crop = portrait_crops(facenet_128.alignment)[:1]
    flat = (crop // 2 + 60).astype(np.uint8)

    one, other = facenet_128.embed(np.concatenate([crop, flat]))

    assert one @ other > 0.999


def test_a_picture_of_one_colour_is_no_number_by_nothing():
    assert np.array_equal(standardised(np.full((1, 160, 160, 3), 7, np.float32)), np.zeros((1, 160, 160, 3)))


def test_a_file_that_lacks_a_layer_is_refused(keras_weights: KerasWeights):
    layers = folded_layers(keras_weights)
    other = {**layers, "Block36_1": layers["Block35_1_Conv2d_1x1"]}
    del other["Block35_1_Conv2d_1x1"]

    with pytest.raises(WeightsError, match="it has no layer 'Block35_1_Conv2d_1x1'"):
        network_of(other, standardised)
    with pytest.raises(WeightsError, match="133 layers with weights, not 1"):
        network_of({"Bottleneck": layers["Bottleneck"]}, standardised)


def test_a_file_that_is_no_keras_file_is_refused(tmp_path: Path):
    (tmp_path / "facenet.h5").write_bytes(b"nothing of the kind")

    with pytest.raises(WeightsError, match=r"facenet\.h5 cannot be read"):
        build(tmp_path / "facenet.h5")
