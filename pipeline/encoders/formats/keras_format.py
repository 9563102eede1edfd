"""Read the weights of a Keras HDF5 file by the names of its layers, as arrays and never as a model.

Takes whole models (`model.save("x.h5")`) and weights alone (`save_weights`), of Keras 1, 2 and 3; nothing in the file
is run or unpickled. Layout: https://github.com/keras-team/keras/blob/master/keras/src/legacy/saving/legacy_h5_format.py
Hides h5py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import h5py
import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

MOST_PARAMETERS = 400_000_000
"""More than any face network has (VGG16 with its top: 145 million), and what fits into memory: 1.6 GB."""

KERAS_1_ROLES = {
    "W": "kernel",
    "b": "bias",
    "gamma": "gamma",
    "beta": "beta",
    "running_mean": "moving_mean",
    "running_std": "moving_variance",  # a misnomer of Keras 1: these are variances
}
"""Endings of Keras 1, as in `conv1_1_W`, and the roles of their arrays today."""


@dataclass(frozen=True, slots=True, eq=False)
class KerasWeights:
    """The arrays of a file by layer and role: `kernel`, `bias`, `gamma`, `beta`, `moving_mean`, `moving_variance`."""

    layers: Mapping[str, Mapping[str, VectorF32]]
    """Float32, in Keras's order of axes: convolutions `(height, width, inputs, outputs)`, dense `(inputs, outputs)`."""
    label: str
    """The file's name, for errors."""

    @property
    def n_parameters(self) -> int:
        """Numbers in all arrays together, moving statistics included."""
        return sum(array.size for arrays in self.layers.values() for array in arrays.values())

    def array(self, layer: str, role: str, shape: tuple[int, ...] | None = None) -> VectorF32:
        """The array `role` of `layer`; raises `WeightsError` when it is missing, or of another shape than `shape`."""
        arrays = self.layers.get(layer)
        if arrays is None:
            raise WeightsError(f"{self.label} has no layer {layer!r}; it begins with {_some(self.layers)}")
        if role not in arrays:
            raise WeightsError(f"{self.label}: layer {layer!r} has no {role}, only {_some(arrays)}")
        if shape is not None and arrays[role].shape != shape:
            raise WeightsError(f"{self.label}: {role} of {layer!r} is {arrays[role].shape}, and must be {shape}")
        return arrays[role]


def read_keras_weights(path: Path, layers: Collection[str] | None = None) -> KerasWeights:
    """The weights of the file at `path`; of these `layers` only, where they are given, and absent ones are passed over.

    Raises `WeightsError` when it is no HDF5 file, holds no Keras weights, is damaged, or claims too many parameters.
    """
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path.name, layers)
    except (OSError, KeyError, RuntimeError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path.name} cannot be read as weights of Keras: {error}") from error


def _read(file: h5py.File, label: str, wanted: Collection[str] | None) -> KerasWeights:
    root = file.get("model_weights", file)
    names = _names(root, "layer_names")
    if not names:
        hint = "; weights saved by Keras 3 as `.weights.h5` carry no names: save the model as `.h5`"
        raise WeightsError(f"{label} names no layers{hint if 'layers' in root else ''}")
    layers: dict[str, dict[str, VectorF32]] = {}
    room = MOST_PARAMETERS
    for layer, role, dataset in _datasets(root, names):
        if wanted is not None and layer not in wanted:
            continue
        if dataset.file != file:
            raise WeightsError(f"{label} links to another file")
        room -= _checked_size(dataset, f"{label}: {role} of {layer!r}", room)
        layers.setdefault(layer, {})[role] = np.asarray(dataset[()], np.float32)
    return KerasWeights(layers, label)


def _datasets(root: h5py.Group, layer_names: list[str]) -> Iterator[tuple[str, str, h5py.Dataset]]:
    """Every array with its layer and role; the layers of a model that is itself a layer come by their own names."""
    for name in layer_names:
        weight_names = _names(root[name], "weight_names")
        scopes = {weight.rpartition("/")[0] for weight in weight_names}
        for weight in weight_names:
            scope, _, last = weight.rpartition("/")
            layer = name if len(scopes) == 1 else scope
            yield layer, _role(last, layer), root[name][weight]


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """An attribute that lists names; Keras splits long ones into `<attribute>0`, `<attribute>1`, ..."""
    if attribute in group.attrs:
        return [_text(name) for name in group.attrs[attribute]]
    names: list[str] = []
    while f"{attribute}{len(names)}" in group.attrs:
        names.append(f"{attribute}{len(names)}")
    return [_text(name) for part in names for name in group.attrs[part]]


def _text(name: bytes | str) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)


def _role(weight: str, layer: str) -> str:
    """What the array is in its layer: `kernel` for `kernel:0`, and for Keras 1's `conv1_1_W:0` of `conv1_1`."""
    bare = weight.partition(":")[0]
    return KERAS_1_ROLES.get(bare.removeprefix(f"{layer}_"), bare)


def _checked_size(dataset: h5py.Dataset, label: str, room: int) -> int:
    """The number of values, once it is known that they are floats, lie in this very file, and are not too many."""
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind != "f":
        raise WeightsError(f"{label} is no array of floating point numbers")
    if dataset.is_virtual or dataset.external:
        raise WeightsError(f"{label} lies in another file")
    size: int = prod(dataset.shape)
    if size > room:
        raise WeightsError(f"{label} is {dataset.shape}: more than {MOST_PARAMETERS} numbers in all")
    return size


def _some(names: Collection[str]) -> str:
    shown = list(names)[:5]
    return ", ".join(map(repr, shown)) + (", ..." if len(names) > len(shown) else "") if shown else "nothing"
