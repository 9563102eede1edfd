"""dlib's face recognition network in TensorFlow: 29 convolutions, 128 numbers a face.

Input is RGB in 150x150 aligned by `dlib-150`, as `(x - MEAN_RGB) / 256`. Each affine layer is folded into the
convolution before it. A residual block whose shortcut differs in size adds the two with zeros beyond their ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.formats.dlib_format import Convolution, DlibNetwork, parse_network
from pipeline.encoders.network import Network, dense
from pipeline.encoders.networks.layers import Convolution as Layer
from pipeline.encoders.networks.layers import Folded, convolution, normalised, pooled
from pipeline.errors import WeightsError

if TYPE_CHECKING:
    import tensorflow as tf

MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)
CROP_SIZE = 150
DIMENSIONS = 128
N_CONVOLUTIONS = 29


def build(weights: Path) -> Network:
    """The network from dlib's own model file; raises `WeightsError` when it is another one."""
    return network_of(parse_network(weights.read_bytes()))


def network_of(parsed: DlibNetwork) -> Network:
    """The network of a parsed file; its tail is the last layer, 256 features to 128 numbers."""
    if len(parsed.convolutions) != N_CONVOLUTIONS or parsed.dense.shape[1] != DIMENSIONS:
        raise WeightsError(f"dlib-resnet has {N_CONVOLUTIONS} convolutions, not {len(parsed.convolutions)}")
    import tensorflow as tf

    stem, *rest = map(_fold, parsed.convolutions)
    blocks = list(zip(rest[::2], rest[1::2], strict=True))

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = normalised(pictures, MEAN_RGB, 256)
        x = tf.nn.max_pool2d(tf.nn.relu(stem(x)), 3, 2, "VALID")
        for first, second in blocks:
            x = _residual_block(x, first, second)
        return pooled(x)

    return Network(CROP_SIZE, DIMENSIONS, trunk, dense, {"kernel": parsed.dense})


def _fold(parsed: Convolution) -> Layer:
    kernel = parsed.kernel_oihw * parsed.gamma[:, None, None, None]
    bias = parsed.bias * parsed.gamma + parsed.beta
    padding = "SAME" if parsed.stride == 1 else "VALID"
    return convolution(Folded(kernel.transpose(2, 3, 1, 0), bias), stride=parsed.stride, padding=padding)


def _residual_block(x: tf.Tensor, first: Layer, second: Layer) -> tf.Tensor:
    import tensorflow as tf

    y = second(tf.nn.relu(first(x)))
    if first.stride == 2:
        x = tf.nn.avg_pool2d(x, 2, 2, "VALID")
    return tf.nn.relu(_extend(x, y.shape) + _extend(y, x.shape))


def _extend(x: tf.Tensor, shape: tf.TensorShape) -> tf.Tensor:
    """`x` with zeros at the end of height, width and channels where `shape` is larger."""
    import tensorflow as tf

    missing = [max(0, want - have) for want, have in zip(shape[1:], x.shape[1:], strict=True)]
    return tf.pad(x, [(0, 0), *((0, n) for n in missing)]) if any(missing) else x
