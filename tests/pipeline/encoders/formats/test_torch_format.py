"""Torch7's files: values of every kind are read, and damage of every kind is an error, at once."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from pipeline.encoders.formats.torch_format import parse_torch
from pipeline.errors import WeightsError
from tests.pipeline.encoders.weight_files import TorchWriter

ARRAY = np.arange(6, dtype=np.float32).reshape(2, 3)


def small_network() -> bytes:
    return TorchWriter().layer("Linear", weight=ARRAY, gradInput=None, train=True, size=2.0, name="last")


def test_a_layer_comes_with_its_fields():
    layer = parse_torch(small_network())

    assert layer.kind == "nn.Linear"
    assert np.array_equal(layer.tensor("weight"), ARRAY)
    assert {name: layer.fields[name] for name in ("gradInput", "train", "size", "name")} == {
        "gradInput": None,
        "train": True,
        "size": 2.0,
        "name": "last",
    }


def test_layers_come_in_the_order_of_their_numbers_and_depth_first():
    writer = TorchWriter()
    inner = writer.object("nn.Sequential", struct.pack("<iii", 3, 90, 1) + writer.value("modules") + _numbered(writer))

    assert [layer.kind for layer in parse_torch(inner).layers()] == ["nn.Sequential", "nn.ReLU", "nn.Linear"]


def _numbered(writer: TorchWriter) -> bytes:
    """A table of two layers, the second of them first in the file."""
    second = writer.value(2.0) + writer.layer("Linear")
    return struct.pack("<iii", 3, 91, 2) + second + writer.value(1.0) + writer.layer("ReLU")


def test_a_value_that_was_there_before_is_the_same_again():
    writer = TorchWriter()
    storage = writer.tensor(ARRAY)
    again = storage[:8]  # tag and number alone
    fields = struct.pack("<iii", 3, 90, 2) + writer.value("a") + storage + writer.value("b") + again

    layer = parse_torch(writer.object("nn.Linear", fields))

    assert layer.fields["a"] is layer.fields["b"]


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_an_error(share: float):
    content = small_network()

    with pytest.raises(WeightsError, match="Torch"):
        parse_torch(content[: int(len(content) * share)])


@pytest.mark.parametrize("content", [b"", b"4\n1\n3\nV 1\n", b"PK\x03\x04" * 100, b"\xff" * 1000])
def test_what_is_no_torch_file_is_an_error(content: bytes):
    with pytest.raises(WeightsError, match=r"no network in Torch's binary format"):
        parse_torch(content)


@pytest.mark.parametrize(
    ("strides", "start"),
    [((3, 2), 1), ((0, 0), 1), ((1, 2), 1), ((-3, 1), 1), ((3, 1), 0), ((3, 1), 2), ((3, 1), 2**62)],
)
def test_a_tensor_that_does_not_fit_its_storage_is_an_error(strides: tuple[int, ...], start: int):
    writer = TorchWriter()
    fields = struct.pack("<iii", 3, 90, 1) + writer.value("weight") + writer.tensor(ARRAY, strides, start)

    with pytest.raises(WeightsError, match=r"a tensor of \(2, 3\) by"):
        parse_torch(writer.object("nn.Linear", fields))


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (struct.pack("<i", 8), "of an unknown kind, 8"),  # a function
        (struct.pack("<iii", 3, 91, 2**31 - 1), "2147483647 values announced"),
        (struct.pack("<iii", 3, 91, -1), "-1 values announced"),
        (struct.pack("<ii", 2, 2**31 - 1), "a name of 2147483647 bytes"),
        (struct.pack("<iii", 3, 91, 1) + struct.pack("<i", 0), "a key that cannot be one"),
    ],
)
def test_damage_is_named_before_memory_is_taken(value: bytes, complaint: str):
    writer = TorchWriter()
    fields = struct.pack("<iii", 3, 90, 1) + writer.value("weight") + value + bytes(64)

    with pytest.raises(WeightsError, match=complaint):
        parse_torch(writer.object("nn.Linear", fields))


def test_a_storage_that_announces_more_than_the_file_has_is_an_error():
    writer = TorchWriter()
    storage = writer.object("torch.FloatStorage", struct.pack("<q", 2**61))
    tensor = writer.object("torch.FloatTensor", struct.pack("<i3q", 1, 4, 1, 1) + storage)
    fields = struct.pack("<iii", 3, 90, 1) + writer.value("weight") + tensor

    with pytest.raises(WeightsError, match="values announced"):
        parse_torch(writer.object("nn.Linear", fields))


def test_values_that_lie_too_deep_in_each_other_are_an_error():
    table = b"".join(struct.pack("<iii", 3, 1000 + level, 1) + struct.pack("<id", 1, 1) for level in range(5000))

    with pytest.raises(WeightsError, match="more than 64 values inside each other"):
        parse_torch(TorchWriter().object("nn.Linear", table))


def test_a_missing_tensor_is_named():
    with pytest.raises(WeightsError, match=r"nn\.Linear of a Torch network has no tensor 'bias'"):
        parse_torch(small_network()).tensor("bias")
