"""InsightFace's MobileFaceNet trained on WebFace600K (`w600k_mbf.onnx`): 512 numbers a face.

Input is RGB in 112x112 aligned by `arcface-112`, as `(x - 127.5) / 127.5`. Batch normalisation is folded into the
convolutions by the file already, but not into the last layer. For research that is not commercial only.

An inverted block widens (1x1), convolves by channel (3x3) and narrows (1x1), with PReLU after the first two; one that
keeps the size adds what came in. The tail, which training may replace, is the last layer: 3,136 features to 512.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.formats.onnx_format import read_weights
from pipeline.encoders.network import Network, dense
from pipeline.encoders.networks.layers import (
    Convolution,
    Folded,
    Normalisation,
    convolution,
    normalised,
    parametric_relu,
)
from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

CROP_SIZE = 112
DIMENSIONS = 512
FIRST_KERNEL, FIRST_SLOPE = 518, 664
"""Names of the first convolution's kernel and the first PReLU's slopes; the next ones follow in steps of 3 and of 1."""
N_WEIGHTS = 138
"""Arrays in the file: 49 convolutions of two, 34 PReLUs, and the last layer's six."""
STAGES = (4, 6, 2)
"""Blocks that keep the size, after one that halves it."""
FINAL_SHAPE = (64, 7, 7)
"""Channels, height and width of what the last layer gets, flattened in this order in the file."""
EPSILON = 1e-5

Weights = Mapping[str, VectorF32]
Step = Callable[["tf.Tensor"], "tf.Tensor"]


def build(weights: Path) -> Network:
    """The network from the ONNX file of InsightFace's `buffalo_s`; raises `WeightsError` when it is another one."""
    return network_of(read_weights(weights.read_bytes()))


def network_of(weights: Weights) -> Network:
    """The network of these weights by name."""
    if len(weights) != N_WEIGHTS:
        raise WeightsError(f"the model file is not w600k_mbf, which has {N_WEIGHTS} weights: it has {len(weights)}")
    try:
        return _assemble(weights)
    except KeyError as error:
        raise WeightsError(f"the model file is not w600k_mbf: it has no weights {error}") from error


def _assemble(weights: Weights) -> Network:
    layers = _Layers(weights)
    steps: list[Step] = [layers.next(stride=2), layers.next_slope(), layers.next_in_pairs(), layers.next_slope()]
    for n_blocks in STAGES:
        steps.append(_block(layers, halves=True))
        steps += [_block(layers, halves=False) for _ in range(n_blocks)]
    for _ in range(2):
        steps += [layers.next(), layers.next_slope()]

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        x = normalised(pictures, 127.5, 127.5)
        for step in steps:
            x = step(x)
        return tf.reshape(tf.cast(x, tf.float32), (-1, int(np.prod(FINAL_SHAPE))))

    head = _head(weights)
    return Network(CROP_SIZE, DIMENSIONS, trunk, dense, {"kernel": head.kernel, "bias": head.bias})


class _Layers:
    """Takes the layers out of the file in the order in which the network has them."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._n_convolutions = 0
        self._n_slopes = 0

    def next(self, *, stride: int = 1) -> Convolution:
        """The next convolution; those of 3x3 have a row of zeros on every side."""
        kernel, bias = self._taken()
        by_channel = kernel.shape[1] == 1
        folded = Folded(kernel.transpose((2, 3, 0, 1) if by_channel else (2, 3, 1, 0)), bias)
        padding = "BOTH" if stride > 1 else "SAME"
        return convolution(folded, stride=stride, padding=padding, by_channel=by_channel)

    def next_in_pairs(self) -> Step:
        """The next convolution, whose outputs two by two see two inputs only."""
        kernel, bias = self._taken()
        return _in_pairs(kernel, bias)

    def next_slope(self) -> Step:
        """The next PReLU."""
        slope = self._weights[str(FIRST_SLOPE + self._n_slopes)]
        self._n_slopes += 1
        return parametric_relu(slope)

    def _taken(self) -> tuple[VectorF32, VectorF32]:
        name = FIRST_KERNEL + 3 * self._n_convolutions
        self._n_convolutions += 1
        return self._weights[str(name)], self._weights[str(name + 1)]


@dataclass(frozen=True, slots=True)
class _InPairs:
    """A convolution in groups of two channels: each by itself, and each with the other one of its pair.

    TensorFlow's own grouped convolution takes the same time, and is missing on some devices.
    """

    own: Convolution
    other: Convolution

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        _, height, width, channels = x.shape
        pairs = tf.reshape(x, (-1, height, width, channels // 2, 2))
        swapped = tf.reshape(tf.reverse(pairs, axis=[4]), (-1, height, width, channels))
        return self.own(x) + self.other(swapped)


def _in_pairs(kernel: VectorF32, bias: VectorF32) -> _InPairs:
    """`kernel` is `(outputs, 2, height, width)`, with as many outputs as inputs."""
    outputs = np.arange(len(kernel))
    own, other = (kernel[outputs, place][:, None].transpose(2, 3, 0, 1) for place in (outputs % 2, 1 - outputs % 2))
    return _InPairs(
        convolution(Folded(own, bias), by_channel=True),
        convolution(Folded(other, np.zeros_like(bias)), by_channel=True),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """An inverted block."""

    steps: tuple[Step, ...]
    halves: bool

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        y = x
        for step in self.steps:
            y = step(y)
        return y if self.halves else x + y


def _block(layers: _Layers, *, halves: bool) -> _Block:
    widen, first_slope = layers.next(), layers.next_slope()
    by_channel, second_slope = layers.next(stride=2 if halves else 1), layers.next_slope()
    return _Block((widen, first_slope, by_channel, second_slope, layers.next()), halves)


def _head(weights: Weights) -> Folded:
    """The last layer with its normalisation, for features flattened as height, width, channels."""
    kernel = weights["fc.weight"].reshape(DIMENSIONS, *FINAL_SHAPE).transpose(2, 3, 1, 0).reshape(-1, DIMENSIONS)
    normalisation = Normalisation(
        mean=weights["features.running_mean"],
        variance=weights["features.running_var"],
        beta=weights["features.bias"],
        gamma=weights["features.weight"],
        epsilon=EPSILON,
    )
    return normalisation.folded_into(kernel, weights["fc.bias"])
