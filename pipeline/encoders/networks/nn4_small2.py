"""OpenFace's nn4.small2: a FaceNet with few Inception blocks, 3,743,280 parameters, 128 numbers a face.

Input is RGB in 96x96 aligned by `openface-96`, as `x / 255`. Amos, Ludwiczuk, Satyanarayanan: OpenFace, CMU-CS-16-118.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.encoders.formats.keras_format import KerasWeights
from pipeline.encoders.network import Network, dense
from pipeline.encoders.networks.layers import normalised, pooled
from pipeline.encoders.networks.nn4_layers import (
    BLOCKS,
    CONVOLUTIONS,
    CROP_SIZE,
    DENSE,
    DIMENSIONS,
    EPSILON,
    STEM,
    Variant,
    fold,
    run_block,
    run_stem,
)
from pipeline.encoders.networks.nn4_weights import read_weights
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

OPENFACE = Variant(normalises_channels=True, pools_squares=True, first_epsilon=EPSILON)


def build(weights: Path) -> Network:
    """The network from OpenFace's `.t7`, a folder of CSV files or an `.h5`; raises `WeightsError` for anything else."""
    return network_of(read_weights(weights), OPENFACE)


def network_of(weights: KerasWeights, variant: Variant) -> Network:
    """The network of these weights; its tail is the last block (5b) and the layer from 736 features to 128 numbers."""
    import tensorflow as tf

    *early, last = BLOCKS
    folded: dict[str, VectorF32] = {}
    for layer in CONVOLUTIONS:
        folded |= fold(weights, layer, variant.first_epsilon if layer == STEM[0] else EPSILON)
    tail_names = {f"{layer.name}/{part}" for layer in last.convolutions for part in ("kernel", "bias")}
    constants = {name: tf.constant(array) for name, array in folded.items() if name not in tail_names}

    def trunk(pictures: tf.Tensor) -> tf.Tensor:
        x = run_stem(normalised(pictures, 0, 255), constants, variant)
        for block in early:
            x = run_block(x, block, constants, variant)
        return tf.cast(x, tf.float32)

    def tail(features: tf.Tensor, tail_weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
        x = run_block(features, last, tail_weights, variant)
        return dense(pooled(x), tail_weights)

    tail_weights = {name: array for name, array in folded.items() if name in tail_names}
    tail_weights |= {role: weights.array(DENSE, role) for role in ("kernel", "bias")}
    return Network(CROP_SIZE, DIMENSIONS, trunk, tail, tail_weights)
