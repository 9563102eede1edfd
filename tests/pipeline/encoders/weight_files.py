"""Weights written in the formats in which people have them, for tests that read them back."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pipeline.encoders.formats.keras_format import KerasWeights
from pipeline.encoders.networks.nn4_layers import CONVOLUTIONS, DENSE
from pipeline.encoders.networks.nn4_weights import CSV_ENDINGS

Layers = Mapping[str, Mapping[str, np.ndarray]]


def write_keras(path: Path, layers: Layers) -> Path:
    """An HDF5 file as Keras 2 saves weights: a group for each layer, and in it `<layer>/<role>:0`."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for layer, arrays in layers.items():
            group = file.require_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{role}:0".encode() for role in arrays]
            for role, values in arrays.items():
                group.create_dataset(f"{layer}/{role}:0", data=values)
    return path


def write_nn4_csv(folder: Path, weights: KerasWeights) -> Path:
    """The tutorials' folder of CSV files: all numbers of an array in one line, convolutions as Torch orders them."""
    folder.mkdir()
    for layer in CONVOLUTIONS:
        kernel = weights.array(layer.name, "kernel").transpose(3, 2, 0, 1)
        _write_csv(folder / f"{layer.name}_w.csv", kernel)
        _write_csv(folder / f"{layer.name}_b.csv", weights.array(layer.name, "bias"))
        for role, ending in CSV_ENDINGS.items():
            _write_csv(folder / f"{layer.normalisation}_{ending}.csv", weights.array(layer.normalisation, role))
    _write_csv(folder / "dense_w.csv", weights.array(DENSE, "kernel").T)
    _write_csv(folder / "dense_b.csv", weights.array(DENSE, "bias"))
    return folder


def _write_csv(path: Path, array: np.ndarray) -> None:
    path.write_text(",".join(map(str, array.ravel().tolist())))


class TorchWriter:
    """Writes values as Torch7 serialises them."""

    def __init__(self) -> None:
        self._number = 0

    def value(self, value: Any) -> bytes:
        """A number, a string, a boolean, None, a dict, or an array as a tensor with a storage of its own."""
        if isinstance(value, np.ndarray):
            return self.tensor(value)
        if isinstance(value, dict):
            entries = b"".join(self.value(key) + self.value(item) for key, item in value.items())
            return struct.pack("<iii", 3, self._next(), len(value)) + entries
        if isinstance(value, str):
            return struct.pack("<i", 2) + self.name(value)
        if isinstance(value, bool):
            return struct.pack("<ii", 5, value)
        return struct.pack("<i", 0) if value is None else struct.pack("<id", 1, value)

    def object(self, kind: str, content: bytes) -> bytes:
        """An object of that class with what the class writes."""
        return struct.pack("<ii", 4, self._next()) + self.name("V 1") + self.name(kind) + content

    def layer(self, kind: str, **fields: Any) -> bytes:
        """A layer with these fields."""
        return self.object(f"nn.{kind}", self.value(fields))

    def tensor(self, array: np.ndarray, strides: tuple[int, ...] | None = None, start: int = 1) -> bytes:
        """The array as a `FloatTensor`; other `strides` (in numbers) and `start` make it a damaged one."""
        steps = strides or tuple(stride // array.itemsize for stride in array.strides)
        storage = self.object("torch.FloatStorage", struct.pack("<q", array.size) + array.astype("<f4").tobytes())
        layout = struct.pack(f"<i{2 * array.ndim + 1}q", array.ndim, *array.shape, *steps, start)
        return self.object("torch.FloatTensor", layout + storage)

    @staticmethod
    def name(text: str) -> bytes:
        """A string without a tag."""
        return struct.pack("<i", len(text)) + text.encode()

    def _next(self) -> int:
        self._number += 1
        return self._number
