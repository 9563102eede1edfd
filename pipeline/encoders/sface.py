"""SFace in TensorFlow: a MobileNet of 27 convolutions, 128 numbers a face.

Input is RGB in 112x112 aligned by `arcface-112`, as `(x - 127.5) / 128`. Block i is a 3x3 convolution by channel
(`conv_i_dw`) and a 1x1 one (`conv_i`), each with batch normalisation, which is folded in, and PReLU.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.network import Network, dense
from pipeline.encoders.onnx_format import read_weights
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


def build(weights: Path) -> Network:
    """The network from the ONNX file of OpenCV's model zoo; raises `WeightsError` when it is another one."""
    return network_of(read_weights(weights.read_bytes()))


def network_of(weights: Weights) -> Network:
    """The network of these weights by name; its tail is the last layer, 25,088 features to 128 numbers."""
    try:
        return _assemble(weights)
    except KeyError as error:
        raise WeightsError(f"the model file is not SFace: it has no weights {error}") from error


@dataclass(frozen=True, slots=True)
class _Layer:
    """A convolution with batch normalisation folded in, and the PReLU after it."""

    kernel: tf.Tensor
    bias: tf.Tensor
    slope: tf.Tensor
    stride: int
    by_channel: bool
    has_steep_slope: bool
    """Whether a slope is above 1."""

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        if self.stride == 2:  # "SAME" would put the zeros at the end only; explicit padding by channel crashes TF 2.21
            x = tf.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
        padding = "SAME" if self.stride == 1 else "VALID"
        strides = [1, self.stride, self.stride, 1]
        convolve = tf.nn.depthwise_conv2d if self.by_channel else tf.nn.conv2d
        x = tf.nn.bias_add(convolve(x, self.kernel, strides, padding), self.bias)
        if self.has_steep_slope:
            return tf.nn.relu(x) + self.slope * tf.minimum(x, 0)
        return tf.maximum(
            x, self.slope * x
        )  # the same for slopes up to 1, in two passes over the memory instead of four


def _assemble(weights: Weights) -> Network:
    import tensorflow as tf

    layers = [_layer(weights, "conv_1", stride=1, by_channel=False)]
    for block in range(2, N_BLOCKS + 1):
        stride = 2 if block in HALVING_BLOCKS else 1
        layers.append(_layer(weights, f"conv_{block}_dw", stride=stride, by_channel=True))
        layers.append(_layer(weights, f"conv_{block}", stride=1, by_channel=False))

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = (pictures - 127.5) / 128
        for layer in layers:
            x = layer(x)
        return tf.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))

    return Network(CROP_SIZE, DIMENSIONS, trunk, dense, _head(weights))


def _layer(weights: Weights, name: str, *, stride: int, by_channel: bool) -> _Layer:
    import tensorflow as tf

    scale, shift = _normalisation(weights, f"{name}_batchnorm", BLOCK_EPSILON)
    kernel = weights[f"{name}_conv2d_weight"] * scale[:, None, None, None]
    order = (2, 3, 0, 1) if by_channel else (2, 3, 1, 0)
    slope = weights[f"{name}_relu_gamma"].ravel()
    return _Layer(
        kernel=tf.constant(kernel.transpose(order)),
        bias=tf.constant(shift),
        slope=tf.constant(slope),
        stride=stride,
        by_channel=by_channel,
        has_steep_slope=bool(slope.max() > 1),
    )


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
