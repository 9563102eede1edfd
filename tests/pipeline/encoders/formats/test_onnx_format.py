"""ONNX: weights are read by name in both ways of storing them, and every kind of damage is an error."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.encoders.formats.onnx_format import read_weights
from pipeline.errors import WeightsError


def varint(value: int) -> bytes:
    parts = []
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def make_tensor(name: str, values: np.ndarray, *, values_field: int = 9, packed_shape: bool = False) -> bytes:
    shape = b"".join(map(varint, values.shape)) if packed_shape else None
    dims = field(1, shape) if shape is not None else b"".join(field(1, length) for length in values.shape)
    return dims + field(2, 1) + field(8, name.encode()) + field(values_field, values.astype("<f4").tobytes())


def make_model(*tensors: bytes) -> bytes:
    graph = field(1, b"a node") + b"".join(field(5, tensor) for tensor in tensors)
    return field(1, 7) + field(2, b"producer") + varint(3 << 3 | 5) + b"1234" + field(7, graph)


@pytest.mark.parametrize("values_field", [4, 9], ids=["floats", "raw"])
@pytest.mark.parametrize("packed_shape", [False, True])
def test_weights_are_read_in_their_shape(values_field: int, packed_shape: bool):
    values = np.arange(300, dtype=np.float32).reshape(2, 150)
    tensor = make_tensor("weight", values, values_field=values_field, packed_shape=packed_shape)

    weights = read_weights(make_model(tensor, make_tensor("scalar", np.array(7.0))))

    assert np.array_equal(weights["weight"], values)
    assert weights["scalar"] == 7


def test_what_is_not_float32_is_passed_over():
    integers = field(1, 1) + field(2, 7) + field(8, b"shape") + field(9, b"12345678")

    assert list(read_weights(make_model(integers, make_tensor("weight", np.ones(2))))) == ["weight"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"no model at all", field(7, field(1, b"a node"))])
def test_what_is_no_model_is_an_error(content: bytes):
    with pytest.raises(WeightsError):
        read_weights(content)


def test_a_model_cut_short_is_an_error():
    model = make_model(make_tensor("weight", np.ones(20)))

    for length in range(1, len(model)):
        with pytest.raises(WeightsError):
            read_weights(model[:length])


def test_weights_that_do_not_fill_their_shape_are_an_error():
    lying = field(1, 2**40) + field(2, 1) + field(8, b"weight") + field(9, b"1234")

    with pytest.raises(WeightsError, match="'weight' of shape"):
        read_weights(make_model(lying))
