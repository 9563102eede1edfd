"""The weights of nn4.small2 by the names of its layers, from any of the files in which people have them.

These are OpenFace's own `.t7`, a folder of the tutorials' CSV files, and Keras's `.h5`; all three give equal arrays. A
network as it is before training, which circulates as an `.h5` under the name of the trained one, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.encoders.formats.csv_format import read_array
from pipeline.encoders.formats.keras_format import KerasWeights, read_keras_weights
from pipeline.encoders.formats.torch_format import TorchObject, parse_torch
from pipeline.encoders.networks.nn4_layers import CONVOLUTIONS, DENSE, DIMENSIONS, FEATURES, Convolution
from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

TORCH_EPSILON = 1e-5
"""What Torch added to a variance before it kept the root's inverse as `running_std`."""
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
CSV_ENDINGS = {"gamma": "w", "beta": "b", "moving_mean": "m", "moving_variance": "v"}

Arrays = dict[str, VectorF32]


def read_weights(path: Path) -> KerasWeights:
    """The weights at `path`, a file or a folder, in Keras's order of axes; every layer is there, in the right shape.

    Raises `WeightsError` when it holds anything else, is damaged, or was never trained.
    """
    weights = _read(path)
    _check_shapes(weights)
    gammas, betas = ([weights.array(layer.normalisation, role) for layer in CONVOLUTIONS] for role in ("gamma", "beta"))
    if all((gamma == 1).all() for gamma in gammas) and not any(beta.any() for beta in betas):
        raise WeightsError(
            f"{path.name} holds nn4.small2 as it is before training: every scale is 1 and every shift 0. "
            "Its vectors would tell nobody apart; take OpenFace's nn4.small2.v1.t7"
        )
    return weights


def _read(path: Path) -> KerasWeights:
    try:
        if path.is_dir():
            return KerasWeights(_from_csv(path), path.name)
        with path.open("rb") as file:
            is_hdf5 = file.read(len(HDF5_MAGIC)) == HDF5_MAGIC
        if is_hdf5:
            names = {DENSE, *(name for layer in CONVOLUTIONS for name in (layer.name, layer.normalisation))}
            return read_keras_weights(path, names)
        return KerasWeights(_from_torch(parse_torch(path.read_bytes())), path.name)
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read: {error.strerror}") from error


def _check_shapes(weights: KerasWeights) -> None:
    for layer in CONVOLUTIONS:
        weights.array(layer.name, "kernel", layer.kernel_shape)
        weights.array(layer.name, "bias", (layer.outputs,))
        for role in CSV_ENDINGS:
            weights.array(layer.normalisation, role, (layer.outputs,))
    weights.array(DENSE, "kernel", (FEATURES, DIMENSIONS))
    weights.array(DENSE, "bias", (DIMENSIONS,))


def _from_csv(folder: Path) -> dict[str, Arrays]:
    layers: dict[str, Arrays] = {}
    for layer in CONVOLUTIONS:
        kernel = read_array(folder, f"{layer.name}_w", _torch_shape(layer))
        bias = read_array(folder, f"{layer.name}_b", (layer.outputs,))
        layers[layer.name] = {"kernel": kernel.transpose(2, 3, 1, 0), "bias": bias}
        layers[layer.normalisation] = {
            role: read_array(folder, f"{layer.normalisation}_{ending}", (layer.outputs,))
            for role, ending in CSV_ENDINGS.items()
        }
    kernel = read_array(folder, "dense_w", (DIMENSIONS, FEATURES))
    layers[DENSE] = {"kernel": kernel.T, "bias": read_array(folder, "dense_b", (DIMENSIONS,))}
    return layers


def _from_torch(network: TorchObject) -> dict[str, Arrays]:
    convolutions = list(_of_kind(network, "SpatialConvolution"))
    normalisations = list(_of_kind(network, "SpatialBatchNormalization"))
    linear = list(_of_kind(network, "Linear"))
    if (len(convolutions), len(normalisations), len(linear)) != (len(CONVOLUTIONS), len(CONVOLUTIONS), 1):
        raise WeightsError(f"the Torch file is another network than nn4.small2: {len(convolutions)} convolutions")
    layers: dict[str, Arrays] = {}
    for layer, convolution, normalisation in zip(CONVOLUTIONS, convolutions, normalisations, strict=True):
        layers[layer.name] = _convolution(layer, convolution)
        layers[layer.normalisation] = _normalisation(normalisation)
    layers[DENSE] = {"kernel": linear[0].tensor("weight").T, "bias": linear[0].tensor("bias")}
    return layers


def _of_kind(network: TorchObject, kind: str) -> Iterator[TorchObject]:
    """The layers of that kind; `SpatialConvolution` is also written as `SpatialConvolutionMM`."""
    return (layer for layer in network.layers() if layer.kind.removeprefix("nn.").removesuffix("MM") == kind)


def _convolution(layer: Convolution, convolution: TorchObject) -> Arrays:
    kernel = convolution.tensor("weight")
    if kernel.size != np.prod(layer.kernel_shape):
        raise WeightsError(f"{layer.name} of the Torch file has {kernel.size} weights")
    return {"kernel": kernel.reshape(_torch_shape(layer)).transpose(2, 3, 1, 0), "bias": convolution.tensor("bias")}


def _normalisation(normalisation: TorchObject) -> Arrays:
    """The arrays of a batch normalisation; the variance is worked out of `running_std`, its root's inverse."""
    inverse_std = normalisation.tensor("running_std").astype(np.float64)
    if not (inverse_std > 0).all():
        raise WeightsError("a normalisation of the Torch file has a standard deviation that is none")
    return {
        "gamma": normalisation.tensor("weight"),
        "beta": normalisation.tensor("bias"),
        "moving_mean": normalisation.tensor("running_mean"),
        "moving_variance": (inverse_std**-2 - TORCH_EPSILON).astype(np.float32),
    }


def _torch_shape(layer: Convolution) -> tuple[int, int, int, int]:
    return layer.outputs, layer.inputs, layer.side, layer.side
