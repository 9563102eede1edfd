"""VGGFace: the VGG16 network trained on 2,622 celebrities, 14,714,688 parameters without its top, 512 numbers a face.

Input is 224x224 cut by `vggface-224`, as the difference from a mean colour; an embedding is the mean of the last
feature map over the picture. Weights come from the user: `rcmalli_vggface_tf_notop_vgg16.h5`, or the file with the
top, `rcmalli_vggface_tf_vgg16.h5`. The network was trained on BGR; here the first kernel is turned around instead of
every picture. Parkhi, Vedaldi, Zisserman: Deep Face Recognition, BMVC 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.network import Network
from pipeline.encoders.networks.layers import like, normalised, pooled
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

CROP_SIZE = 224
DIMENSIONS = 512
MEAN_RGB = np.array([129.1863, 104.7624, 93.5940], np.float32)
FILTERS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Outputs of the 3x3 convolutions of each block; pooling halves the sides after it."""
BLOCKS = tuple(
    tuple(f"conv{block}_{place}" for place in range(1, len(filters) + 1)) for block, filters in enumerate(FILTERS, 1)
)
"""Their names in a file."""
NAMES = tuple(name for block in BLOCKS for name in block)
LAST = NAMES[-1]


def build(weights: Path) -> Network:
    """The network from a file with or without its top; its tail is the last convolution, `conv5_3`.

    Raises `WeightsError` when the file is another one.
    """
    return network_of(read_weights(weights))


def read_weights(path: Path) -> KerasWeights:
    """The weights of the convolutions, each known to be there in its shape; raises `WeightsError` otherwise."""
    weights = read_keras_weights(path, set(NAMES))
    inputs = 3
    for name, outputs in zip(NAMES, (outputs for filters in FILTERS for outputs in filters), strict=True):
        weights.array(name, "kernel", (3, 3, inputs, outputs))
        weights.array(name, "bias", (outputs,))
        inputs = outputs
    return weights


def network_of(weights: KerasWeights) -> Network:
    """The network of these weights, with features `(N, 14, 14, 512)` before the tail."""
    import tensorflow as tf

    arrays = {f"{name}/{role}": _array(weights, name, role) for name in NAMES for role in ("kernel", "bias")}
    tail_weights = {name: array for name, array in arrays.items() if name.startswith(f"{LAST}/")}
    constants = {name: tf.constant(array) for name, array in arrays.items() if name not in tail_weights}

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = normalised(pictures, MEAN_RGB, 1)
        *early, last = BLOCKS
        for block in early:
            for name in block:
                x = _convolve(x, name, constants)
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        for name in last[:-1]:
            x = _convolve(x, name, constants)
        return tf.cast(x, tf.float32)

    def tail(features: tf.Tensor, tail_weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
        return pooled(last_maps(features, tail_weights))

    return Network(CROP_SIZE, DIMENSIONS, trunk, tail, tail_weights)


def last_maps(features: tf.Tensor, tail_weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """The feature maps `(N, 7, 7, 512)` that an embedding is the mean of, and that the top begins with."""
    import tensorflow as tf

    return tf.nn.max_pool2d(_convolve(features, LAST, tail_weights), 2, 2, "VALID")


def _convolve(x: tf.Tensor, name: str, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    import tensorflow as tf

    x = tf.nn.conv2d(x, like(weights[f"{name}/kernel"], x), 1, "SAME")
    return tf.nn.relu(tf.nn.bias_add(x, like(weights[f"{name}/bias"], x)))


def _array(weights: KerasWeights, name: str, role: str) -> VectorF32:
    array = weights.array(name, role)
    is_first = (name, role) == (NAMES[0], "kernel")
    return np.ascontiguousarray(array[:, :, ::-1]) if is_first else array
