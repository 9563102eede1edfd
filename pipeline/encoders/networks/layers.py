"""The layers that several networks are made of; each computes in the type of its input, be it single or half precision.

Constants are kept in float32. Where the input has half precision, a constant is rounded once, as the graph is traced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf


def normalised(pictures: tf.Tensor, mean: float | VectorF32, scale: float) -> tf.Tensor:
    """`(pictures - mean) / scale`, computed in float32 and handed on in the type of `pictures`.

    Pictures are whole numbers 0..255, which float16 and bfloat16 hold exactly: so half precision loses nothing before.
    """
    import tensorflow as tf

    return tf.cast((tf.cast(pictures, tf.float32) - mean) / scale, pictures.dtype)


def pooled(features: tf.Tensor) -> tf.Tensor:
    """The mean over height and width, `(N, C)` float32: what comes after it is always computed in single precision."""
    import tensorflow as tf

    return tf.reduce_mean(tf.cast(features, tf.float32), axis=(1, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A layer's weights with batch normalisation folded in: kernel as TensorFlow orders it, and bias `(outputs,)`."""

    kernel: VectorF32
    """`(height, width, inputs, outputs)`, by channel `(height, width, channels, 1)`, dense `(inputs, outputs)`."""
    bias: VectorF32


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """A trained batch normalisation; each array is `(outputs,)`."""

    mean: VectorF32
    variance: VectorF32
    beta: VectorF32
    gamma: VectorF32 | None = None
    epsilon: float = 1e-3

    def folded_into(self, kernel: VectorF32, bias: VectorF32 | None = None) -> Folded:
        """The layer of `kernel` (outputs on its last axis) and `bias`, followed by this normalisation, as one layer."""
        scale = (1.0 if self.gamma is None else self.gamma) / np.sqrt(self.variance + np.float32(self.epsilon))
        shifted = -self.mean if bias is None else bias - self.mean
        return Folded((kernel * scale).astype(np.float32), (self.beta + shifted * scale).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with its bias, on the device."""

    kernel: tf.Tensor
    bias: tf.Tensor
    stride: int
    padding: str
    """`SAME`, `VALID`, or `BOTH`: a row of zeros on every side, where `SAME` with stride 2 would put one at the end."""
    by_channel: bool

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        padding = self.padding
        if padding == "BOTH":  # tf.pad, since explicit padding in a convolution by channel crashes TensorFlow 2.21
            x, padding = tf.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]), "VALID"
        convolve = tf.nn.depthwise_conv2d if self.by_channel else tf.nn.conv2d
        strides = [1, self.stride, self.stride, 1]
        return tf.nn.bias_add(convolve(x, like(self.kernel, x), strides, padding), like(self.bias, x))


def convolution(folded: Folded, *, stride: int = 1, padding: str = "SAME", by_channel: bool = False) -> Convolution:
    """The convolution of these weights; see `Convolution` for what may be said of it."""
    import tensorflow as tf

    return Convolution(tf.constant(folded.kernel), tf.constant(folded.bias), stride, padding, by_channel)


@dataclass(frozen=True, slots=True)
class ParametricRelu:
    """x where it is positive, and `slope` by channel times x where it is negative."""

    slope: tf.Tensor
    has_steep_slope: bool
    """Whether a slope is above 1."""

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        slope = like(self.slope, x)
        if self.has_steep_slope:
            return tf.nn.relu(x) + slope * tf.minimum(x, 0)
        return tf.maximum(x, slope * x)  # the same for slopes up to 1, in two passes over the memory instead of four


def parametric_relu(slope: VectorF32) -> ParametricRelu:
    """PReLU with these slopes, in any shape with as many values as there are channels."""
    import tensorflow as tf

    return ParametricRelu(tf.constant(slope.ravel()), bool(slope.max() > 1))


def like(constant: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """The constant in the type of `x`; outside of the graph that is being traced, so that it is rounded only once."""
    import tensorflow as tf

    if constant.dtype == x.dtype:
        return constant
    with tf.init_scope():
        return tf.cast(constant, x.dtype)
