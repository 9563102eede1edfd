"""FaceNet with 512 numbers a face, trained on CASIA-WebFace, from the frozen graph of davidsandberg/facenet.

Input is RGB in 160x160 aligned by `facenet-160`, as `(x - 127.5) / 128`. The file has batch normalisation folded into
the convolutions already, but not into the last layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.encoders.formats.frozen_graph import read_constants
from pipeline.encoders.network import Network
from pipeline.encoders.networks.inception_resnet_v1 import HEAD, network_of
from pipeline.encoders.networks.layers import Folded, Normalisation, normalised
from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

ROOT = "InceptionResnetV1/"
KERNEL = "/weights"
BIASES = ("/Conv2D_bn_offset", "/biases")
"""The bias of a convolution with batch normalisation folded in, and of one that never had any."""
EPSILON = 1e-3


def build(weights: Path) -> Network:
    """The network from a frozen graph; raises `WeightsError` when it is another one."""
    constants = read_constants(weights.read_bytes())
    try:
        return network_of(layers_of(constants), _normalise)
    except KeyError as error:
        raise WeightsError(f"the graph is not FaceNet: it has no constant {error}") from error


def layers_of(constants: Mapping[str, VectorF32]) -> dict[str, Folded]:
    """The graph's layers by the names that `inception_resnet_v1` knows."""
    scopes = [name.removesuffix(KERNEL) for name in constants if name.startswith(ROOT) and name.endswith(KERNEL)]
    layers = {_layer_name(scope): _layer(constants, scope) for scope in scopes if scope != ROOT + HEAD}
    return layers | {HEAD: _head(constants)}


def _layer(constants: Mapping[str, VectorF32], scope: str) -> Folded:
    bias = next((constants[scope + ending] for ending in BIASES if scope + ending in constants), None)
    if bias is None:
        raise KeyError(scope + BIASES[0])
    return Folded(constants[scope + KERNEL], bias)


def _head(constants: Mapping[str, VectorF32]) -> Folded:
    mean, variance, beta = (
        constants[f"{ROOT}{HEAD}/BatchNorm/{role}"] for role in ("moving_mean", "moving_variance", "beta")
    )
    normalisation = Normalisation(mean=mean, variance=variance, beta=beta, epsilon=EPSILON)
    return normalisation.folded_into(constants[ROOT + HEAD + KERNEL])


def _layer_name(scope: str) -> str:
    """`Block17_3_Branch_0_Conv2d_1x1` for `InceptionResnetV1/Repeat_1/block17_3/Branch_0/Conv2d_1x1`."""
    parts = [part for part in scope.removeprefix(ROOT).split("/") if not part.startswith("Repeat")]
    first = "Block8_6" if parts[0] == "Block8" else parts[0].replace("block", "Block")
    return "_".join([first, *parts[1:]])


def _normalise(pictures: tf.Tensor) -> tf.Tensor:
    return normalised(pictures, 127.5, 128)
