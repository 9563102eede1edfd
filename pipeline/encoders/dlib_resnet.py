"""dlib's face recognition network in TensorFlow: 29 convolutions, 128 numbers a face.

Input is RGB in 150x150 aligned by `dlib-150`, as `(x - MEAN_RGB) / 256`. Each affine layer is folded into the
convolution before it. A residual block whose shortcut differs in size adds the two with zeros beyond their ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.encoders.batches import embed_in_batches
from pipeline.encoders.devices import prepare_devices
from pipeline.encoders.dlib_format import Convolution, DlibNetwork, parse_network
from pipeline.errors import WeightsError
from pipeline.faces.alignment import TEMPLATES, AlignmentTemplate
from pipeline.schemas import ImageU8, VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)
CROP_SIZE = 150
DIMENSIONS = 128
N_CONVOLUTIONS = 29


class DlibResnet:
    """An encoder; one object serves any number of calls."""

    name: str = "dlib-resnet"
    dimensions: int = DIMENSIONS

    def __init__(self, network: DlibNetwork) -> None:
        if len(network.convolutions) != N_CONVOLUTIONS or network.dense.shape[1] != DIMENSIONS:
            raise WeightsError(f"dlib-resnet has {N_CONVOLUTIONS} convolutions, not {len(network.convolutions)}")
        self.template: AlignmentTemplate = TEMPLATES["dlib-150"]
        self._forward = _build(network)

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, 128)` float32 of unit length for aligned crops `(N, 150, 150, 3)` uint8 RGB."""
        return embed_in_batches(self._run, crops_rgb, CROP_SIZE, DIMENSIONS)

    def _run(self, crops_rgb: ImageU8) -> VectorF32:
        vectors: VectorF32 = self._forward(crops_rgb).numpy()
        return vectors


@dataclass(frozen=True, slots=True)
class _FoldedConvolution:
    """A convolution with its affine layer folded in, on the device."""

    kernel: tf.Tensor
    bias: tf.Tensor
    stride: int

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        padding = "SAME" if self.stride == 1 else "VALID"
        return tf.nn.bias_add(tf.nn.conv2d(x, self.kernel, self.stride, padding), self.bias)


def _build(network: DlibNetwork) -> Any:
    prepare_devices()
    import tensorflow as tf

    stem, *rest = (_fold(convolution) for convolution in network.convolutions)
    blocks = list(zip(rest[::2], rest[1::2], strict=True))
    dense = tf.constant(network.dense)

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None, CROP_SIZE, CROP_SIZE, 3], tf.uint8)])  # type: ignore[untyped-decorator]
    def forward(crops_rgb: tf.Tensor) -> tf.Tensor:
        x = (tf.cast(crops_rgb, tf.float32) - MEAN_RGB) / 256
        x = tf.nn.max_pool2d(tf.nn.relu(stem(x)), 3, 2, "VALID")
        for first, second in blocks:
            x = _residual_block(x, first, second)
        return tf.reduce_mean(x, axis=(1, 2)) @ dense

    return forward


def _fold(convolution: Convolution) -> _FoldedConvolution:
    import tensorflow as tf

    kernel = convolution.kernel_oihw * convolution.gamma[:, None, None, None]
    bias = convolution.bias * convolution.gamma + convolution.beta
    return _FoldedConvolution(tf.constant(kernel.transpose(2, 3, 1, 0)), tf.constant(bias), convolution.stride)


def _residual_block(x: tf.Tensor, first: _FoldedConvolution, second: _FoldedConvolution) -> tf.Tensor:
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


def load(weights: Path) -> DlibResnet:
    """The encoder from dlib's own model file; raises `WeightsError` when it is another one."""
    return DlibResnet(parse_network(weights.read_bytes()))
