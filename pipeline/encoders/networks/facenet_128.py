"""FaceNet with 128 numbers a face, as Keras tutorials use it (`facenet_keras.h5`), from its weights alone.

Input is RGB in 160x160 aligned by `facenet-160`, each picture with mean 0 and deviation 1. The file would have to run
code of its own as a model; its arrays do not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.network import Network
from pipeline.encoders.networks.inception_resnet_v1 import CROP_SIZE, network_of
from pipeline.encoders.networks.layers import Folded, Normalisation

if TYPE_CHECKING:
    import tensorflow as tf

BATCH_NORM = "_BatchNorm"
EPSILON = 1e-3
LEAST_DEVIATION = (3 * CROP_SIZE * CROP_SIZE) ** -0.5
"""A picture of one colour is divided by this: the deviation that a single differing value would make."""


def build(weights: Path) -> Network:
    """The network from a Keras file; raises `WeightsError` when it is another one."""
    return network_of(folded_layers(read_keras_weights(weights)), standardised)


def folded_layers(weights: KerasWeights) -> dict[str, Folded]:
    """Every layer by name, with the batch normalisation that follows it folded in."""
    layers = (name for name, arrays in weights.layers.items() if "kernel" in arrays)
    return {name: _folded(weights, name) for name in layers}


def standardised(pictures: tf.Tensor) -> tf.Tensor:
    """Each picture less its mean and divided by its deviation, over all pixels and colours, in the type given."""
    import tensorflow as tf

    x = tf.cast(pictures, tf.float32)
    mean, variance = tf.nn.moments(x, axes=(1, 2, 3), keepdims=True)
    return tf.cast((x - mean) / tf.maximum(tf.sqrt(variance), LEAST_DEVIATION), pictures.dtype)


def _folded(weights: KerasWeights, name: str) -> Folded:
    kernel = weights.array(name, "kernel")
    if name + BATCH_NORM not in weights.layers:
        return Folded(kernel, weights.array(name, "bias", kernel.shape[-1:]))
    mean, variance, beta = (
        weights.array(name + BATCH_NORM, role, kernel.shape[-1:]) for role in ("moving_mean", "moving_variance", "beta")
    )
    return Normalisation(mean=mean, variance=variance, beta=beta, epsilon=EPSILON).folded_into(kernel)
