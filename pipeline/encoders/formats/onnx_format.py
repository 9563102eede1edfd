"""Read the named weights out of an ONNX file, checking every length before it is believed.

ONNX is Protocol Buffers. Of the whole format only the graph and its float32 initialisers are read: the layout of a
network is the business of the module that builds it, and an unknown field is skipped as the format asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types of Protocol Buffers."""

MODEL_GRAPH, GRAPH_INITIALIZER = 7, 5
TENSOR_DIMS, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 8, 9
"""Field numbers of ONNX."""

FLOAT32 = 1
"""Data type of a tensor whose values are float32."""


def read_weights(content: bytes) -> dict[str, VectorF32]:
    """The float32 initialisers of an ONNX model by name, each in its own shape; raises `WeightsError` on damage."""
    weights: dict[str, VectorF32] = {}
    for number, graph in _fields(memoryview(content)):
        if number == MODEL_GRAPH and isinstance(graph, memoryview):
            weights |= dict(_initializers(graph))
    if not weights:
        raise WeightsError("an ONNX model without weights, or no ONNX model")
    return weights


def _initializers(graph: memoryview) -> Iterator[tuple[str, VectorF32]]:
    for number, tensor in _fields(graph):
        if number == GRAPH_INITIALIZER and isinstance(tensor, memoryview):
            fields = _merged(tensor)
            if fields.get(TENSOR_TYPE) == [FLOAT32]:
                yield _tensor(fields)


def _tensor(fields: dict[int, list[int | memoryview]]) -> tuple[str, VectorF32]:
    name = b"".join(_chunks(fields, TENSOR_NAME)).decode("utf-8", "replace")
    shape = _integers(fields.get(TENSOR_DIMS, []))
    raw = b"".join(_chunks(fields, TENSOR_RAW)) or b"".join(_chunks(fields, TENSOR_FLOATS))
    if any(length < 0 for length in shape) or len(raw) != 4 * prod(shape):
        raise WeightsError(f"weights {name!r} of shape {shape} have {len(raw)} bytes")
    return name, np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)


def _merged(message: memoryview) -> dict[int, list[int | memoryview]]:
    fields: dict[int, list[int | memoryview]] = {}
    for number, value in _fields(message):
        fields.setdefault(number, []).append(value)
    return fields


def _chunks(fields: dict[int, list[int | memoryview]], number: int) -> list[memoryview]:
    return [value for value in fields.get(number, []) if isinstance(value, memoryview)]


def _integers(values: list[int | memoryview]) -> list[int]:
    """Repeated integers, given one by one or packed."""
    integers: list[int] = []
    for value in values:
        if isinstance(value, int):
            integers.append(value)
            continue
        position = 0
        while position < len(value):
            integer, position = _varint(value, position)
            integers.append(integer)
    return integers


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        value, position = _value(message, position, key & 7)
        yield key >> 3, value


def _value(message: memoryview, position: int, wire_type: int) -> tuple[int | memoryview, int]:
    if wire_type == VARINT:
        return _varint(message, position)
    size = {FIXED64: 8, FIXED32: 4}.get(wire_type)
    if wire_type == BYTES:
        size, position = _varint(message, position)
    if size is None or position + size > len(message):
        raise WeightsError(f"damaged ONNX model at byte {position} of a message of {len(message)}")
    return message[position : position + size], position + size


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for place in range(10):
        if position + place >= len(message):
            break
        byte = message[position + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, position + place + 1
    raise WeightsError(f"damaged ONNX model: no integer at byte {position} of a message of {len(message)}")
