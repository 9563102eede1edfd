"""The layers of nn4.small2, the small Inception network of OpenFace, and how a picture passes them.

OpenFace's own network normalises across channels and pools by the root of summed squares; the variant of the tutorials
(`inception_blocks_v2`) leaves the one out and takes the mean in the place of the other. Both run on the same weights.
Layout: https://github.com/cmusatyalab/openface/blob/master/models/openface/nn4.small2.def.lua
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.encoders.networks.layers import Normalisation, like
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

    from pipeline.encoders.formats.keras_format import KerasWeights

CROP_SIZE = 96
FEATURES = 736
DIMENSIONS = 128
DENSE = "dense_layer"
EPSILON = 1e-5
"""What batch normalisation adds to a variance."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution, which batch normalisation and ReLU follow; every one has a bias."""

    name: str
    inputs: int
    outputs: int
    side: int
    """Rows and columns of its kernel; the picture is framed by `side // 2` zeros."""
    stride: int = 1

    @property
    def normalisation(self) -> str:
        """The name of the batch normalisation after it."""
        return self.name.replace("conv", "bn")

    @property
    def kernel_shape(self) -> tuple[int, int, int, int]:
        """In Keras's order of axes."""
        return self.side, self.side, self.inputs, self.outputs


@dataclass(frozen=True, slots=True)
class Inception:
    """A block of branches whose outputs lie behind one another: 3x3, 5x5, pool, 1x1."""

    name: str
    inputs: int
    wide: tuple[tuple[int, int, int], ...]
    """Of each branch with a wide convolution: its side, outputs of the 1x1 convolution before it, outputs."""
    pool: int
    """Outputs of the 1x1 convolution after pooling; 0 where there is none."""
    single: int
    """Outputs of the 1x1 convolution alone; 0 where there is none."""
    stride: int = 1
    """Of the wide convolutions."""
    pools_squares: bool = False
    """Pooling by the root of summed squares, 3x3 with stride 3; otherwise by the maximum, 3x3 with stride 2."""

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """In the order of the branches."""
        prefix = f"inception_{self.name}"
        found = [
            convolution
            for side, reduced, outputs in self.wide
            for convolution in (
                Convolution(f"{prefix}_{side}x{side}_conv1", self.inputs, reduced, 1),
                Convolution(f"{prefix}_{side}x{side}_conv2", reduced, outputs, side, self.stride),
            )
        ]
        for branch, outputs in (("pool", self.pool), ("1x1", self.single)):
            if outputs:
                found.append(Convolution(f"{prefix}_{branch}_conv", self.inputs, outputs, 1))
        return tuple(found)


STEM = (Convolution("conv1", 3, 64, 7, 2), Convolution("conv2", 64, 64, 1), Convolution("conv3", 64, 192, 3))
BLOCKS = (
    Inception("3a", 192, ((3, 96, 128), (5, 16, 32)), pool=32, single=64),
    Inception("3b", 256, ((3, 96, 128), (5, 32, 64)), pool=64, single=64, pools_squares=True),
    Inception("3c", 320, ((3, 128, 256), (5, 32, 64)), pool=0, single=0, stride=2),
    Inception("4a", 640, ((3, 96, 192), (5, 32, 64)), pool=128, single=256, pools_squares=True),
    Inception("4e", 640, ((3, 160, 256), (5, 64, 128)), pool=0, single=0, stride=2),
    Inception("5a", 1024, ((3, 96, 384),), pool=96, single=256, pools_squares=True),
    Inception("5b", 736, ((3, 96, 384),), pool=96, single=256),
)
CONVOLUTIONS = (*STEM, *(convolution for block in BLOCKS for convolution in block.convolutions))
"""All of them, in the order of the picture's way, which is also that of OpenFace's file."""


@dataclass(frozen=True, slots=True)
class Variant:
    """In what the two networks on the same weights differ."""

    normalises_channels: bool
    """Local response normalisation after the first pooling and after `conv3`."""
    pools_squares: bool
    """Pooling by the root of summed squares where OpenFace has it; otherwise by the mean."""
    first_epsilon: float
    """What the first batch normalisation adds to a variance."""


def fold(weights: KerasWeights, layer: Convolution, epsilon: float) -> dict[str, VectorF32]:
    """The convolution with its batch normalisation folded in: `<name>/kernel` and `<name>/bias`."""
    normalisation = Normalisation(
        mean=weights.array(layer.normalisation, "moving_mean"),
        variance=weights.array(layer.normalisation, "moving_variance"),
        beta=weights.array(layer.normalisation, "beta"),
        gamma=weights.array(layer.normalisation, "gamma"),
        epsilon=epsilon,
    )
    folded = normalisation.folded_into(weights.array(layer.name, "kernel"), weights.array(layer.name, "bias"))
    return {f"{layer.name}/kernel": folded.kernel, f"{layer.name}/bias": folded.bias}


def run_stem(x: tf.Tensor, weights: Mapping[str, tf.Tensor], variant: Variant) -> tf.Tensor:
    """From pictures `(N, 96, 96, 3)` float32 RGB, 0..1, to `(N, 12, 12, 192)`."""
    first, second, third = STEM
    x = _pool_framed(convolve(x, first, weights))
    if variant.normalises_channels:
        x = _normalise_channels(x)
    x = convolve(convolve(x, second, weights), third, weights)
    return _pool_framed(_normalise_channels(x) if variant.normalises_channels else x)


def run_block(x: tf.Tensor, block: Inception, weights: Mapping[str, tf.Tensor], variant: Variant) -> tf.Tensor:
    """One block: `(N, H, W, inputs)` to `(N, H / stride, W / stride, outputs)`."""
    import tensorflow as tf

    layers = {layer.name.removeprefix(f"inception_{block.name}_"): layer for layer in block.convolutions}
    branches = []
    for side, _, _ in block.wide:
        reduced = convolve(x, layers[f"{side}x{side}_conv1"], weights)
        branches.append(convolve(reduced, layers[f"{side}x{side}_conv2"], weights))
    pooled = _pool(x, block, variant)
    if block.pool:
        pooled = convolve(pooled, layers["pool_conv"], weights)
    branches.append(_frame_to(pooled, branches[0].shape[1]))
    if block.single:
        branches.append(convolve(x, layers["1x1_conv"], weights))
    return tf.concat(branches, axis=3)


def convolve(x: tf.Tensor, layer: Convolution, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """The convolution with what was folded into it, and the ReLU after it."""
    import tensorflow as tf

    if layer.stride == 2:  # "SAME" would put more zeros at the end than at the beginning
        x = _frame(x, layer.side // 2, layer.side // 2)
    padding = "SAME" if layer.stride == 1 else "VALID"
    x = tf.nn.conv2d(x, like(weights[f"{layer.name}/kernel"], x), layer.stride, padding)
    return tf.nn.relu(tf.nn.bias_add(x, like(weights[f"{layer.name}/bias"], x)))


def _pool(x: tf.Tensor, block: Inception, variant: Variant) -> tf.Tensor:
    import tensorflow as tf

    if not block.pools_squares:
        return tf.nn.max_pool2d(x, 3, 2, "VALID")
    if variant.pools_squares:
        squares = tf.square(tf.cast(x, tf.float32))  # which half precision would not hold
        return tf.cast(tf.sqrt(9 * tf.nn.avg_pool2d(squares, 3, 3, "VALID")), x.dtype)
    return tf.nn.avg_pool2d(x, 3, 3, "VALID")


def _pool_framed(x: tf.Tensor) -> tf.Tensor:
    """The maximum over 3x3 with stride 2; a frame of zeros is as good as none, since nothing is below zero here."""
    import tensorflow as tf

    return tf.nn.max_pool2d(_frame(x, 1, 1), 3, 2, "VALID")


def _normalise_channels(x: tf.Tensor) -> tf.Tensor:
    """Over five channels; Torch divides alpha by their number, TensorFlow does not."""
    import tensorflow as tf

    single = tf.cast(x, tf.float32)
    normalised = tf.nn.local_response_normalization(single, depth_radius=2, bias=1, alpha=1e-4 / 5, beta=0.75)
    return tf.cast(normalised, x.dtype)


def _frame_to(x: tf.Tensor, side: int) -> tf.Tensor:
    """`x` in the middle of zeros, `side` rows and columns in all; of an odd number more come at the end."""
    missing = side - x.shape[1]
    return _frame(x, missing // 2, missing - missing // 2) if missing else x


def _frame(x: tf.Tensor, before: int, after: int) -> tf.Tensor:
    import tensorflow as tf

    return tf.pad(x, [(0, 0), (before, after), (before, after), (0, 0)])
