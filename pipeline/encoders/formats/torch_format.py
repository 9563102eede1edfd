"""Read a network from Torch7's binary serialisation (`.t7`), checking every length before it is believed.

A value is an int32 tag and its content: nil; a number (float64); a string; a table (its number, its size, then key and
value each); a boolean; an object (its number, its version, its class, then what the class writes). A value that was
there before comes as its number alone. Layout: https://github.com/torch/torch7/blob/master/File.lua. Functions, which
the format can carry as well, are refused; nothing in a file is ever run.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

NIL, NUMBER, STRING, TABLE, OBJECT, BOOLEAN = range(6)
LONGEST_NAME = 1024
"""Bytes of a string; those of networks are names of classes and fields."""
DEEPEST = 64
"""Values inside values; a face network has less than twenty."""
MOST_DIMENSIONS = 8

STORAGES: Mapping[str, np.dtype[Any]] = {
    "torch.FloatStorage": np.dtype("<f4"),
    "torch.DoubleStorage": np.dtype("<f8"),
    "torch.LongStorage": np.dtype("<i8"),
    "torch.IntStorage": np.dtype("<i4"),
    "torch.ByteStorage": np.dtype("u1"),
}
"""The classes whose content is so many numbers, and their type in a file."""


@dataclass(frozen=True, slots=True, eq=False)
class TorchObject:
    """A layer, or any other object: its class, such as `nn.ReLU`, and its fields."""

    kind: str
    fields: Mapping[str, Any]

    def tensor(self, name: str) -> VectorF32:
        """The field `name`, an array in float32; raises `WeightsError` when it is missing or something else."""
        value = self.fields.get(name)
        if not isinstance(value, np.ndarray):
            raise WeightsError(f"a layer {self.kind} of a Torch network has no tensor {name!r}")
        return value.astype(np.float32)

    def layers(self) -> Iterator[TorchObject]:
        """This layer and those inside it, in the order in which a picture passes them."""
        yield self
        inner = self.fields.get("modules", {})
        for number in sorted(key for key in inner if isinstance(key, float)):
            if isinstance(inner[number], TorchObject):
                yield from inner[number].layers()


def parse_torch(content: bytes) -> TorchObject:
    """The object that a whole `.t7` file holds; raises `WeightsError` when it is damaged or holds something else."""
    if content[:4] != struct.pack("<i", OBJECT):
        raise WeightsError("the file is no network in Torch's binary format (.t7)")
    value = _Reader(content).value(0)
    if not isinstance(value, TorchObject):
        raise WeightsError("the Torch file does not hold a network")
    return value


class _Reader:
    """Reads values of a `.t7` file from a position on, and keeps those that later ones refer to."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self._known: dict[int, Any] = {}

    def value(self, depth: int) -> Any:
        """The next value; tables come as dict, tensors and storages as arrays, other objects as `TorchObject`."""
        if depth > DEEPEST:
            raise WeightsError(f"damaged Torch file: more than {DEEPEST} values inside each other")
        tag = self._integer()
        if tag in (TABLE, OBJECT):
            return self._shared(tag, depth)
        if tag == NUMBER:
            return self._unpack("<d")
        if tag == STRING:
            return self._string()
        if tag in (NIL, BOOLEAN):
            return None if tag == NIL else self._integer() != 0
        raise WeightsError(f"byte {self._position - 4} of the Torch file begins a value of an unknown kind, {tag}")

    def _shared(self, tag: int, depth: int) -> Any:
        number = self._integer()
        if number in self._known:
            return self._known[number]
        if tag == TABLE:
            return self._table(number, depth)
        kind = self._class()
        if kind in STORAGES:
            self._known[number] = self._storage(STORAGES[kind])
        elif kind.startswith("torch.") and kind.endswith("Tensor"):
            self._known[number] = self._tensor(depth)
        else:
            self._known[number] = TorchObject(kind, {})  # where a field of it refers back to it
            self._known[number] = TorchObject(kind, self._fields(kind, depth))
        return self._known[number]

    def _table(self, number: int, depth: int) -> dict[Any, Any]:
        table: dict[Any, Any] = {}
        self._known[number] = table
        for _ in range(self._count(self._integer(), 8)):
            key = self.value(depth + 1)
            if not isinstance(key, str | float | bool):
                raise WeightsError(f"damaged Torch file: byte {self._position} follows a key that cannot be one")
            table[key] = self.value(depth + 1)
        return table

    def _class(self) -> str:
        """The class of the object that begins here; its version comes before it, but in the oldest files."""
        name = self._string()
        return self._string() if name.startswith("V ") else name

    def _fields(self, kind: str, depth: int) -> dict[str, Any]:
        fields = self.value(depth + 1)
        if not isinstance(fields, dict):
            raise WeightsError(f"damaged Torch file: a layer {kind!r} without its fields")
        return fields

    def _storage(self, dtype: np.dtype[Any]) -> np.ndarray:
        count = self._count(self._unpack("<q"), dtype.itemsize)
        return np.frombuffer(self._take(count * dtype.itemsize), dtype)

    def _tensor(self, depth: int) -> np.ndarray:
        """A view of a storage; one whose rows do not follow one another is refused, for no network file has any."""
        n_dimensions = self._integer()
        if not 0 <= n_dimensions <= MOST_DIMENSIONS:
            raise WeightsError(f"damaged Torch file: a tensor of {n_dimensions} dimensions")
        shape, strides = (tuple(self._unpack("<q") for _ in range(n_dimensions)) for _ in range(2))
        start = self._unpack("<q") - 1
        storage = self.value(depth + 1)
        if storage is None or not n_dimensions:
            return np.zeros(0, np.float32)
        size = prod(shape)
        fits = min(shape) > 0 and start >= 0 and isinstance(storage, np.ndarray) and start + size <= storage.size
        if not fits or strides != tuple(prod(shape[place + 1 :]) for place in range(n_dimensions)):
            raise WeightsError(f"damaged Torch file: a tensor of {shape} by {strides} from {start} on")
        return np.asarray(storage[start : start + size]).reshape(shape)

    def _string(self) -> str:
        length = self._integer()
        if not 0 <= length <= LONGEST_NAME:
            raise WeightsError(f"damaged Torch file: a name of {length} bytes before byte {self._position}")
        return self._take(length).decode("latin-1")

    def _count(self, count: int, size: int) -> int:
        """`count`, once it is known that so many values of at least `size` bytes can still follow."""
        if not 0 <= count <= (len(self._content) - self._position) // size:
            raise WeightsError(f"damaged Torch file: {count} values announced before byte {self._position}")
        return count

    def _integer(self) -> int:
        return int(self._unpack("<i"))

    def _unpack(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._content):
            raise WeightsError(f"the Torch file ends at byte {len(self._content)}, in the middle of a value")
        taken = self._content[self._position : end]
        self._position = end
        return taken
