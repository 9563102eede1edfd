"""Read the layers of a network from dlib's `.dat` serialisation, checking every length before it is believed.

The file lists layers from the input on, each begun by its tag. An integer is one control byte (low nibble: how many
little-endian bytes follow; bit 0x80: negative). A tensor is the integers version (2), samples, k, rows, columns and
then float32 values, little-endian.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

TENSOR_VERSION = 2
LARGEST_TENSOR = 1 << 22
"""Values in a tensor: seven times the largest of dlib's face network; a longer one is damage."""


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """Weights of one convolution and of the affine layer after it."""

    kernel_oihw: VectorF32
    """`(filters, channels, rows, columns)` float32."""
    bias: VectorF32
    """`(filters,)` float32."""
    gamma: VectorF32
    """`(filters,)` float32: the affine layer multiplies by it ..."""
    beta: VectorF32
    """`(filters,)` float32: ... and adds this."""
    stride: int
    padding: int


@dataclass(frozen=True, slots=True, eq=False)
class DlibNetwork:
    """The convolutions from the input on, and the fully connected layer at the end."""

    convolutions: tuple[Convolution, ...]
    dense: VectorF32
    """`(inputs, outputs)` float32."""


class _Cursor:
    """Reads integers and tensors of a `.dat` file from a position on."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def skip_past(self, tag: bytes) -> bool:
        """Move behind the next `tag`, which its length precedes; False, and no move, when none follows."""
        marker = bytes((1, len(tag))) + tag
        found = self._content.find(marker, self._position)
        if found < 0:
            return False
        self._position = found + len(marker)
        return True

    def integer(self) -> int:
        control = self._take(1)[0]
        size = control & 0x0F
        if control & 0x70 or not 1 <= size <= 8:
            raise WeightsError(f"damaged integer at byte {self._position - 1} of a dlib network")
        magnitude = int.from_bytes(self._take(size), "little")
        return -magnitude if control & 0x80 else magnitude

    def tensor(self) -> VectorF32:
        version, *shape = (self.integer() for _ in range(5))
        if version != TENSOR_VERSION or min(shape) < 0 or prod(shape) > LARGEST_TENSOR:
            raise WeightsError(f"damaged tensor at byte {self._position} of a dlib network: {version}, {shape}")
        return np.frombuffer(self._take(4 * prod(shape)), "<f4").astype(np.float32)

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._content):
            raise WeightsError(f"a dlib network ends at byte {len(self._content)}, in the middle of a value")
        taken = self._content[self._position : end]
        self._position = end
        return taken


def parse_network(content: bytes) -> DlibNetwork:
    """The network in `content`, a whole `.dat` file; raises `WeightsError` when it is damaged or of another kind."""
    cursor = _Cursor(content)
    convolutions: list[Convolution] = []
    channels = 3
    while cursor.skip_past(b"con_4"):
        convolutions.append(_read_convolution(cursor, channels))
        channels = len(convolutions[-1].bias)
    if not convolutions or not cursor.skip_past(b"fc_2"):
        raise WeightsError("a dlib network without convolutions, or without its last layer (fc_2)")
    return DlibNetwork(tuple(convolutions), _read_dense(cursor, channels))


def _read_convolution(cursor: _Cursor, channels: int) -> Convolution:
    values = cursor.tensor()
    filters, rows, columns, stride, stride_x, padding, padding_x = (cursor.integer() for _ in range(7))
    if (stride, padding) != (stride_x, padding_x) or values.size != filters * (channels * rows * columns + 1):
        raise WeightsError(
            f"a convolution of {filters} filters of {channels}x{rows}x{columns} has {values.size} values"
        )
    if not cursor.skip_past(b"affine_"):
        raise WeightsError("a convolution without the affine layer that belongs to it")
    affine = cursor.tensor()
    if affine.size != 2 * filters:
        raise WeightsError(f"an affine layer of {affine.size} values after {filters} filters")
    kernel = values[:-filters].reshape(filters, channels, rows, columns)
    return Convolution(kernel, values[-filters:], affine[:filters], affine[filters:], stride, padding)


def _read_dense(cursor: _Cursor, channels: int) -> VectorF32:
    outputs, inputs = cursor.integer(), cursor.integer()
    values = cursor.tensor()
    if inputs != channels or values.size != inputs * outputs:
        raise WeightsError(f"a last layer of {inputs} to {outputs} has {values.size} values, after {channels} channels")
    return values.reshape(inputs, outputs)
