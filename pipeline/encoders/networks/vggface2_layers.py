"""The residual networks of VGGFace2: a ResNet-50, and the same with squeeze-and-excitation (SENet-50).

Both take 224x224 cut by `vggface-224`, as the difference from a mean colour, and were trained on BGR; here the first
kernel is turned around instead of every picture. Unlike other ResNets these have their stride on the first convolution
of a block (`1x1_reduce`). Cao, Shen, Xie, Parkhi, Zisserman: VGGFace2, FG 2018; names as in
https://github.com/rcmalli/keras-vggface/blob/master/keras_vggface/models.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.network import Network
from pipeline.encoders.networks.layers import Normalisation, like, normalised, pooled
from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

CROP_SIZE = 224
DIMENSIONS = 2048
MEAN_RGB = np.array([131.0912, 103.8827, 91.4953], np.float32)
STEM = "conv1/7x7_s2"
SQUEEZE = "conv2_1_1x1_down"
"""A layer that only the network with squeeze and excitation has; all the others are in both."""
SQUEEZED = 16
"""The excitation of C channels passes through C / 16."""


@dataclass(frozen=True, slots=True)
class Variant:
    """In what the two networks differ."""

    squeezes: bool
    """Whether each block weighs its channels by what the whole picture says (squeeze and excitation)."""
    epsilon: float
    """What batch normalisation adds to a variance."""


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block: 1x1 convolution, 3x3, 1x1 to four times as many channels, and the input added."""

    name: str
    inputs: int
    inner: int
    stride: int = 1
    projects: bool = False
    """Whether the input is brought to the size of the output by a convolution of its own."""

    @property
    def outputs(self) -> int:
        return 4 * self.inner

    def kernels(self) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
        """Names and shapes of the kernels that batch normalisation follows."""
        yield f"{self.name}_1x1_reduce", (1, 1, self.inputs, self.inner)
        yield f"{self.name}_3x3", (3, 3, self.inner, self.inner)
        yield f"{self.name}_1x1_increase", (1, 1, self.inner, self.outputs)
        if self.projects:
            yield f"{self.name}_1x1_proj", (1, 1, self.inputs, self.outputs)

    def excitations(self) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
        """Names and shapes of the kernels, with biases, of squeeze and excitation."""
        yield f"{self.name}_1x1_down", (1, 1, self.outputs, self.outputs // SQUEEZED)
        yield f"{self.name}_1x1_up", (1, 1, self.outputs // SQUEEZED, self.outputs)


def _blocks() -> Iterator[Block]:
    inputs = 64
    for stage, n_blocks, inner, stride in ((2, 3, 64, 1), (3, 4, 128, 2), (4, 6, 256, 2), (5, 3, 512, 2)):
        for place in range(1, n_blocks + 1):
            is_first = place == 1
            yield Block(f"conv{stage}_{place}", inputs, inner, stride if is_first else 1, projects=is_first)
            inputs = 4 * inner


BLOCKS = tuple(_blocks())


def read_weights(path: Path, variant: Variant) -> KerasWeights:
    """The weights of all layers but the top, each known to be there in its shape; raises `WeightsError` otherwise."""
    kernels = dict(_kernels())
    excitations = dict(_excitations(variant))
    names = {*kernels, *(f"{name}/bn" for name in kernels), *excitations}
    weights = read_keras_weights(path, names | {SQUEEZE})
    if SQUEEZE in weights.layers and not variant.squeezes:
        raise WeightsError(f"{path.name} is of SENet-50 (it has a layer {SQUEEZE!r}), and not of ResNet-50")
    for name, shape in (kernels | excitations).items():
        weights.array(name, "kernel", shape)
    for name, shape in kernels.items():
        for role in ("gamma", "beta", "moving_mean", "moving_variance"):
            weights.array(f"{name}/bn", role, shape[-1:])
    for name, shape in excitations.items():
        weights.array(name, "bias", shape[-1:])
    return weights


def build_variant(path: Path, variant: Variant) -> Network:
    """The network of the file at `path`; its tail is the last block, `conv5_3`, on features `(N, 7, 7, 2048)`."""
    import tensorflow as tf

    *early, last = BLOCKS
    arrays = _folded(read_weights(path, variant), variant)
    tail_weights = {name: array for name, array in arrays.items() if name.startswith(f"{last.name}_")}
    constants = {name: tf.constant(array) for name, array in arrays.items() if name not in tail_weights}

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = normalised(pictures, MEAN_RGB, 1)
        x = tf.nn.relu(_convolve(x, STEM, constants, 2))
        x = tf.nn.max_pool2d(x, 3, 2, "VALID")
        for block in early:
            x = _run_block(x, block, constants)
        return tf.cast(x, tf.float32)

    def tail(features: tf.Tensor, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
        return pooled(_run_block(features, last, weights))

    return Network(CROP_SIZE, DIMENSIONS, trunk, tail, tail_weights)


def _kernels() -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    yield STEM, (7, 7, 3, 64)
    for block in BLOCKS:
        yield from block.kernels()


def _excitations(variant: Variant) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    for block in BLOCKS if variant.squeezes else ():
        yield from block.excitations()


def _folded(weights: KerasWeights, variant: Variant) -> dict[str, VectorF32]:
    """`<layer>/kernel` and `<layer>/bias` of every convolution, batch normalisation folded in."""
    arrays: dict[str, VectorF32] = {}
    for name, _ in _kernels():
        kernel = weights.array(name, "kernel")
        folded = _normalisation(weights, name, variant.epsilon).folded_into(
            kernel[:, :, ::-1] if name == STEM else kernel
        )
        arrays |= {f"{name}/kernel": folded.kernel, f"{name}/bias": folded.bias}
    for name, _ in _excitations(variant):
        arrays |= {f"{name}/{role}": weights.array(name, role) for role in ("kernel", "bias")}
    return arrays


def _normalisation(weights: KerasWeights, name: str, epsilon: float) -> Normalisation:
    return Normalisation(
        mean=weights.array(f"{name}/bn", "moving_mean"),
        variance=weights.array(f"{name}/bn", "moving_variance"),
        beta=weights.array(f"{name}/bn", "beta"),
        gamma=weights.array(f"{name}/bn", "gamma"),
        epsilon=epsilon,
    )


def _run_block(x: tf.Tensor, block: Block, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    import tensorflow as tf

    inner = tf.nn.relu(_convolve(x, f"{block.name}_1x1_reduce", weights, block.stride))
    inner = tf.nn.relu(_convolve(inner, f"{block.name}_3x3", weights))
    inner = _convolve(inner, f"{block.name}_1x1_increase", weights)
    if f"{block.name}_1x1_down/kernel" in weights:
        inner = inner * _excitation(inner, block, weights)
    if block.projects:
        x = _convolve(x, f"{block.name}_1x1_proj", weights, block.stride)
    return tf.nn.relu(x + inner)


def _excitation(x: tf.Tensor, block: Block, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """The weight of each channel of each picture, `(N, 1, 1, C)`, 0..1."""
    import tensorflow as tf

    means = tf.cast(pooled(x), x.dtype)[:, None, None]
    squeezed = tf.nn.relu(_convolve(means, f"{block.name}_1x1_down", weights))
    return tf.sigmoid(_convolve(squeezed, f"{block.name}_1x1_up", weights))


def _convolve(x: tf.Tensor, name: str, weights: Mapping[str, tf.Tensor], stride: int = 1) -> tf.Tensor:
    import tensorflow as tf

    convolved = tf.nn.conv2d(x, like(weights[f"{name}/kernel"], x), stride, "SAME")
    return tf.nn.bias_add(convolved, like(weights[f"{name}/bias"], x))
