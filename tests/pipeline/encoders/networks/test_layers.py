"""The shared layers: folding changes nothing, padding is on both sides, and half precision goes in and comes out."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.encoders.networks.layers import (
    Folded,
    Normalisation,
    convolution,
    like,
    normalised,
    parametric_relu,
    pooled,
)

pytestmark = pytest.mark.slow  # TensorFlow takes three seconds to import

RNG = np.random.default_rng(0)
KERNEL = RNG.normal(size=(3, 3, 2, 4)).astype(np.float32)
PICTURES = RNG.normal(size=(1, 6, 6, 2)).astype(np.float32)
NORMALISATION = Normalisation(
    mean=np.array([1, -2, 0, 3], np.float32),
    variance=np.array([4, 1, 9, 0.25], np.float32),
    beta=np.array([0, 1, 2, 3], np.float32),
    epsilon=0.0,
)


@pytest.mark.parametrize("bias", [None, np.array([5, 6, 7, 8], np.float32)])
def test_a_folded_layer_does_what_layer_and_normalisation_did(bias: np.ndarray | None):
    import tensorflow as tf

    plain = tf.nn.conv2d(PICTURES, KERNEL, 1, "SAME").numpy() + (0 if bias is None else bias)
    expected = (plain - NORMALISATION.mean) / np.sqrt(NORMALISATION.variance) + NORMALISATION.beta

    found = convolution(NORMALISATION.folded_into(KERNEL, bias))(tf.constant(PICTURES)).numpy()

    assert np.allclose(found, expected, atol=1e-5)


def test_gamma_scales_and_epsilon_keeps_from_dividing_by_nothing():
    zero = np.zeros(1, np.float32)
    folded = Normalisation(mean=zero, variance=zero, beta=zero, gamma=zero + 2, epsilon=0.25).folded_into(
        zero[None] + 1
    )

    assert folded.kernel.item() == 4
    assert folded.bias.item() == 0


@pytest.mark.parametrize("by_channel", [False, True])
def test_padding_on_both_sides_begins_one_before_the_picture(*, by_channel: bool):
    import tensorflow as tf

    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[0, 0] = 1
    layer = convolution(Folded(kernel, np.zeros(1, np.float32)), stride=2, padding="BOTH", by_channel=by_channel)

    found = layer(tf.reshape(tf.range(16.0), (1, 4, 4, 1))).numpy()[0, ..., 0]

    assert found.tolist() == [[0, 0], [0, 5]]


@pytest.mark.parametrize("slope", [0.25, 1.5])
def test_a_negative_number_is_scaled_however_steep_the_slope(slope: float):
    import tensorflow as tf

    relu = parametric_relu(np.full((1, 1, 2), slope, np.float32))

    assert relu(tf.constant([[-2.0, 2.0]])).numpy().tolist() == [[-2 * slope, 2]]


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_half_precision_stays_until_the_mean_is_taken(half: str):
    import tensorflow as tf

    pictures = tf.cast(tf.constant(np.full((1, 6, 6, 2), 255, np.uint8)), half)
    x = normalised(pictures, 127.5, 127.5)

    y = convolution(Folded(KERNEL, np.zeros(4, np.float32)))(x)

    assert x.dtype == y.dtype == half
    assert float(tf.reduce_min(tf.cast(x, tf.float32))) == 1
    assert pooled(y).dtype == tf.float32


def test_a_constant_in_the_right_type_is_left_alone():
    import tensorflow as tf

    constant = tf.constant([1.0])

    assert like(constant, tf.constant([2.0])) is constant
    assert like(constant, tf.constant([2.0], tf.bfloat16)).dtype == tf.bfloat16
