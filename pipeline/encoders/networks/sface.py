"""SFace in TensorFlow: a MobileNet of 27 convolutions, 128 numbers a face.

Input is RGB in 112x112 aligned by `arcface-112`, as `(x - 127.5) / 128`. Block i is a 3x3 convolution by channel
(`conv_i_dw`) and a 1x1 one (`conv_i`), each with batch normalisation, which is folded in, and PReLU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.formats.onnx_format import read_weights
from pipeline.encoders.network import Network, dense
from pipeline.encoders.networks.layers import Folded, convolution, normalised, parametric_relu
from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

CROP_SIZE = 112
DIMENSIONS = 128
N_BLOCKS = 14
HALVING_BLOCKS = (3, 5, 7, 13)
"""Blocks whose convolution by channel has stride 2."""
FINAL_SIDE = 7
"""Height and width of the last feature map."""
BLOCK_EPSILON, HEAD_EPSILON = 1e-3, 2e-5
"""What batch normalisation adds to the variance: in the blocks, and around the last layer."""

Weights = Mapping[str, VectorF32]
Step = Callable[["tf.Tensor"], "tf.Tensor"]


def build(weights: Path) -> Network:
    """The network from the ONNX file of OpenCV's model zoo; raises `WeightsError` when it is another one."""
    return network_of(read_weights(weights.read_bytes()))


def network_of(weights: Weights) -> Network:
    """The network of these weights by name; its tail is the last layer, 25,088 features to 128 numbers."""
    try:
        return _assemble(weights)
    except KeyError as error:
        raise WeightsError(f"the model file is not SFace: it has no weights {error}") from error


def _assemble(weights: Weights) -> Network:
    steps = _layer(weights, "conv_1", stride=1, by_channel=False)
    for block in range(2, N_BLOCKS + 1):
        stride = 2 if block in HALVING_BLOCKS else 1
        steps += _layer(weights, f"conv_{block}_dw", stride=stride, by_channel=True)
        steps += _layer(weights, f"conv_{block}", stride=1, by_channel=False)

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        x = normalised(pictures, 127.5, 128)
        for step in steps:
            x = step(x)
        return tf.reshape(tf.cast(x, tf.float32), (-1, x.shape[1] * x.shape[2] * x.shape[3]))

    return Network(CROP_SIZE, DIMENSIONS, trunk, dense, _head(weights))


def _layer(weights: Weights, name: str, *, stride: int, by_channel: bool) -> list[Step]:
    """A convolution with its batch normalisation, and the PReLU after it."""
    scale, shift = _normalisation(weights, f"{name}_batchnorm", BLOCK_EPSILON)
    kernel = weights[f"{name}_conv2d_weight"] * scale[:, None, None, None]
    folded = Folded(kernel.transpose((2, 3, 0, 1) if by_channel else (2, 3, 1, 0)), shift)
    padding = "SAME" if stride == 1 else "BOTH"
    return [
        convolution(folded, stride=stride, padding=padding, by_channel=by_channel),
        parametric_relu(weights[f"{name}_relu_gamma"]),
    ]


def _normalisation(weights: Weights, name: str, epsilon: float) -> tuple[VectorF32, VectorF32]:
    """Scale and shift per channel that do what the batch normalisation `name` does."""
    scale = weights[f"{name}_gamma"] / np.sqrt(weights[f"{name}_moving_var"] + np.float32(epsilon))
    return scale, weights[f"{name}_beta"] - weights[f"{name}_moving_mean"] * scale


def _head(weights: Weights) -> dict[str, VectorF32]:
    """The last layer `(inputs, 128)` and its bias, for features flattened as rows, columns, channels."""
    scale_in, shift_in = _normalisation(weights, "bn1", HEAD_EPSILON)
    scale_out, shift_out = _normalisation(weights, "fc1", HEAD_EPSILON)
    kernel = weights["pre_fc1_weight"].reshape(DIMENSIONS, len(scale_in), FINAL_SIDE, FINAL_SIDE)
    bias = weights["pre_fc1_bias"] + np.einsum("ocyx,c->o", kernel, shift_in)
    kernel = np.einsum("ocyx,c,o->yxco", kernel, scale_in, scale_out).reshape(-1, DIMENSIONS)
    return {"kernel": kernel, "bias": bias * scale_out + shift_out}
