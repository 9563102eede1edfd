"""The layers that the three networks are made of, as TensorFlow operations on constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.schemas import VectorF32

Tensor = Any  # TensorFlow publishes no types

INPUT_MEAN = 127.5
INPUT_SCALE = 128.0
"""The networks were trained on (RGB - mean) / scale."""


def fold_input(kernel: VectorF32, bias: VectorF32) -> tuple[VectorF32, VectorF32]:
    """The `(h, w, 3, C)` kernel and `(C,)` bias of a first layer, changed to take BGR of 0..255, not scaled RGB."""
    folded_bias: VectorF32 = bias - np.float32(INPUT_MEAN / INPUT_SCALE) * kernel.sum(axis=(0, 1, 2))
    folded_kernel: VectorF32 = kernel[:, :, ::-1] / np.float32(INPUT_SCALE)
    return folded_kernel, folded_bias


def prelu(x: Tensor, slopes: VectorF32) -> Tensor:
    """`x` where it is positive, else `x` times its channel's slope."""
    if (slopes <= 1).all():
        return tf.maximum(x, x * slopes)  # the same value in two operations instead of three
    return tf.nn.relu(x) + tf.minimum(x, 0) * slopes


def convolve(x: Tensor, kernel: VectorF32, bias: VectorF32) -> Tensor:
    """A convolution without padding."""
    return tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias)


def convolve_and_halve(x: Tensor, kernel: VectorF32, bias: VectorF32, slopes: VectorF32) -> Tensor:
    """A convolution, PReLU and 2x2 max-pool in one, on channels that `rising_first` has ordered.

    Where a slope is not negative PReLU rises, so pooling may come first, and PReLU sees a quarter of the pixels. Where
    it is negative, PReLU is the larger of x and x * slope: the convolution makes both, and they are pooled apart.
    """
    n_rising = int((slopes >= 0).sum())
    flipped = slice(n_rising, None)
    kernels = np.concatenate([kernel, kernel[..., flipped] * slopes[flipped]], axis=-1)
    biases = np.concatenate([bias, bias[flipped] * slopes[flipped]])
    pooled = tf.nn.max_pool2d(convolve(x, kernels, biases), 2, 2, "SAME")
    rising, falling, turned = tf.split(pooled, [n_rising, len(slopes) - n_rising, len(slopes) - n_rising], axis=-1)
    return tf.concat([prelu(rising, slopes[:n_rising]), tf.maximum(falling, turned)], axis=-1)


def rising_first(slopes: VectorF32) -> NDArray[np.intp]:
    """The order of channels that puts those whose slope is not negative in front."""
    return np.argsort(slopes < 0, kind="stable")


def dense(x: Tensor, kernel: VectorF32, bias: VectorF32) -> Tensor:
    """A fully connected layer."""
    return tf.nn.bias_add(tf.matmul(x, kernel), bias)


def flatten_columns_first(x: Tensor) -> Tensor:
    """`(N, h, w, C)` to `(N, w * h * C)`: the weights come from a framework that stores pictures column by column."""
    return tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (-1, int(np.prod(x.shape[1:]))))


def face_score(x: Tensor, kernel: VectorF32, bias: VectorF32) -> Tensor:
    """The probability of `face` in a softmax of (no face, face) with a `(C, 2)` kernel: a sigmoid of the difference."""
    logit = tf.tensordot(x, kernel[:, 1:] - kernel[:, :1], 1) + (bias[1] - bias[0])
    return tf.sigmoid(tf.squeeze(logit, -1))
