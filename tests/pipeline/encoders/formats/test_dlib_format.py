"""dlib's format: a small network is read back, and every kind of damage is an error."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.encoders.formats.dlib_format import parse_network
from pipeline.errors import WeightsError


def integer(value: int) -> bytes:
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def tensor(values: np.ndarray) -> bytes:
    head = b"".join(integer(number) for number in (2, len(values), 1, 1, 1))
    return head + values.astype("<f4").tobytes()


def tag(name: str) -> bytes:
    return integer(len(name)) + name.encode()


def make_network(*, channels: int = 3, filters: int = 4, outputs: int = 5) -> bytes:
    weights = np.arange(filters * channels * 9 + filters, dtype=np.float32)
    sizes = b"".join(integer(number) for number in (filters, 3, 3, 2, 2, 0, 0))
    affine = tag("affine_") + tensor(np.arange(2 * filters))
    dense = tag("fc_2") + integer(outputs) + integer(filters) + tensor(np.arange(filters * outputs))
    return b"\x01\x02 something before " + tag("con_4") + tensor(weights) + sizes + affine + dense


def test_a_network_is_read_back():
    network = parse_network(make_network())

    (convolution,) = network.convolutions
    assert convolution.kernel_oihw.shape == (4, 3, 3, 3)
    assert convolution.bias.tolist() == [108, 109, 110, 111]
    assert convolution.gamma.tolist() == [0, 1, 2, 3]
    assert convolution.beta.tolist() == [4, 5, 6, 7]
    assert (convolution.stride, convolution.padding) == (2, 0)
    assert network.dense.shape == (4, 5)


@pytest.mark.parametrize("length", range(0, 600, 23))
def test_a_network_cut_short_is_an_error(length: int):
    with pytest.raises(WeightsError):
        parse_network(make_network()[:length])


@pytest.mark.parametrize("content", [b"", b"no network at all", make_network(channels=4)])
def test_what_is_no_such_network_is_an_error(content: bytes):
    with pytest.raises(WeightsError):
        parse_network(content)


def test_a_length_that_the_file_cannot_hold_is_not_believed():
    huge = tag("con_4") + b"".join(integer(number) for number in (2, 2**40, 1, 1, 1))

    with pytest.raises(WeightsError, match="damaged tensor"):
        parse_network(huge)


def test_an_impossible_control_byte_is_damage():
    with pytest.raises(WeightsError, match="damaged integer"):
        parse_network(tag("con_4") + b"\x7f\x00\x00")
