"""Inception-ResNet-v1, the network of FaceNet as its open implementations have it: 160x160 RGB, 22.8 million weights.

Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning" (2016), in the
version of davidsandberg/facenet. Layers go by the names that Keras files give them (`Block35_1_Branch_0_Conv2d_1x1`),
and come with batch normalisation folded in; the scale of a residual is folded into the convolution before it.

The tail, which training may replace, is the last layer with its batch normalisation: 1,792 features to D numbers. The
block before it would bring seven times the weights of the smaller tail, and features nine times as large to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.network import Network, dense
from pipeline.encoders.networks.layers import Convolution, Folded, convolution, pooled
from pipeline.errors import WeightsError

if TYPE_CHECKING:
    import tensorflow as tf

CROP_SIZE = 160
N_CONVOLUTIONS = 132
N_FEATURES = 1792
HEAD = "Bottleneck"

Layers = Mapping[str, Folded]
Step = Callable[["tf.Tensor"], "tf.Tensor"]

STEM = (
    ("Conv2d_1a_3x3", 2, "VALID"),
    ("Conv2d_2a_3x3", 1, "VALID"),
    ("Conv2d_2b_3x3", 1, "SAME"),
    ("MaxPool_3a_3x3", 2, "VALID"),
    ("Conv2d_3b_1x1", 1, "VALID"),
    ("Conv2d_4a_3x3", 1, "VALID"),
    ("Conv2d_4b_3x3", 2, "VALID"),
)
"""The first layers: name, stride, padding."""
BLOCKS_35 = (("Conv2d_1x1",), ("Conv2d_0a_1x1", "Conv2d_0b_3x3"), ("Conv2d_0a_1x1", "Conv2d_0b_3x3", "Conv2d_0c_3x3"))
BLOCKS_17 = (("Conv2d_1x1",), ("Conv2d_0a_1x1", "Conv2d_0b_1x7", "Conv2d_0c_7x1"))
BLOCKS_8 = (("Conv2d_1x1",), ("Conv2d_0a_1x1", "Conv2d_0b_1x3", "Conv2d_0c_3x1"))
"""The branches of the three kinds of residual blocks."""
MIXED_6A = (("Conv2d_1a_3x3",), ("Conv2d_0a_1x1", "Conv2d_0b_3x3", "Conv2d_1a_3x3"))
MIXED_7A = (
    ("Conv2d_0a_1x1", "Conv2d_1a_3x3"),
    ("Conv2d_0a_1x1", "Conv2d_1a_3x3"),
    ("Conv2d_0a_1x1", "Conv2d_0b_3x3", "Conv2d_1a_3x3"),
)
"""The branches of the two blocks that halve the picture, beside their max-pooling; a `1a` layer has stride 2."""


def network_of(layers: Layers, normalise: Step) -> Network:
    """The network of these layers behind `normalise`, which must hand pictures on in the type in which it gets them.

    Raises `WeightsError` when a layer is missing, or others are there.
    """
    if len(layers) != N_CONVOLUTIONS + 1:
        raise WeightsError(f"Inception-ResNet-v1 has {N_CONVOLUTIONS + 1} layers with weights, not {len(layers)}")
    try:
        return _assemble(layers, normalise)
    except KeyError as error:
        raise WeightsError(f"the model file is not Inception-ResNet-v1: it has no layer {error}") from error


def _assemble(layers: Layers, normalise: Step) -> Network:
    steps: list[Step] = [normalise, *(_stem_step(layers, *layer) for layer in STEM)]
    steps += [_residual(layers, f"Block35_{i}", BLOCKS_35, 0.17) for i in range(1, 6)]
    steps += [_halving(layers, "Mixed_6a", MIXED_6A)]
    steps += [_residual(layers, f"Block17_{i}", BLOCKS_17, 0.10) for i in range(1, 11)]
    steps += [_halving(layers, "Mixed_7a", MIXED_7A)]
    steps += [_residual(layers, f"Block8_{i}", BLOCKS_8, 0.20) for i in range(1, 6)]
    steps += [_residual(layers, "Block8_6", BLOCKS_8, 1.0, is_last=True), pooled]

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = pictures
        for step in steps:
            x = step(x)
        return x

    head = layers[HEAD]
    if head.kernel.shape[0] != N_FEATURES:
        raise WeightsError(f"the last layer takes {head.kernel.shape[0]} features, and must take {N_FEATURES}")
    return Network(CROP_SIZE, len(head.bias), trunk, dense, {"kernel": head.kernel, "bias": head.bias})


@dataclass(frozen=True, slots=True)
class _Rectified:
    """A convolution, and what is negative becomes zero."""

    convolution: Convolution

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        return tf.nn.relu(self.convolution(x))


@dataclass(frozen=True, slots=True)
class _Residual:
    """Branches side by side; what they say together is added to what came in."""

    branches: tuple[tuple[Step, ...], ...]
    combine: Convolution
    is_last: bool

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        together = x + self.combine(tf.concat([_through(branch, x) for branch in self.branches], axis=3))
        return together if self.is_last else tf.nn.relu(together)


@dataclass(frozen=True, slots=True)
class _Halving:
    """Branches side by side, with max-pooling as the last of them."""

    branches: tuple[tuple[Step, ...], ...]

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        import tensorflow as tf

        return tf.concat([*(_through(branch, x) for branch in self.branches), _max_pool(x)], axis=3)


def _stem_step(layers: Layers, name: str, stride: int, padding: str) -> Step:
    if name.startswith("MaxPool"):
        return _max_pool
    return _Rectified(convolution(layers[name], stride=stride, padding=padding))


def _residual(
    layers: Layers, name: str, branches: tuple[tuple[str, ...], ...], scale: float, *, is_last: bool = False
) -> Step:
    combine = layers[f"{name}_Conv2d_1x1"]
    scaled = Folded(combine.kernel * np.float32(scale), combine.bias * np.float32(scale))
    return _Residual(_branches(layers, name, branches), convolution(scaled), is_last)


def _halving(layers: Layers, name: str, branches: tuple[tuple[str, ...], ...]) -> Step:
    return _Halving(_branches(layers, name, branches))


def _branches(layers: Layers, block: str, branches: tuple[tuple[str, ...], ...]) -> tuple[tuple[Step, ...], ...]:
    return tuple(
        tuple(_branch_step(layers, f"{block}_Branch_{place}_{name}") for name in names)
        for place, names in enumerate(branches)
    )


def _branch_step(layers: Layers, name: str) -> Step:
    halves = "_1a_" in name
    return _Rectified(convolution(layers[name], stride=2 if halves else 1, padding="VALID" if halves else "SAME"))


def _through(steps: tuple[Step, ...], x: tf.Tensor) -> tf.Tensor:
    for step in steps:
        x = step(x)
    return x


def _max_pool(x: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return tf.nn.max_pool2d(x, 3, 2, "VALID")
