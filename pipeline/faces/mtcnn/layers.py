"""The layers that the three networks are made of, as TensorFlow operations on constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from pipeline.schemas import VectorF32

Tensor = Any  # TensorFlow publishes no types

INPUT_MEAN = 127.5
INPUT_SCALE = 128.0
"""The networks were trained on (RGB - mean) / scale."""


def fold_input(kernel: VectorF32, bias: VectorF32) -> tuple[VectorF32, VectorF32]:
    """The `(h, w, 3, C)` kernel and `(C,)` bias of a first layer, changed to take BGR bytes instead of scaled RGB."""
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
