"""Frozen graphs: float constants come out by name, the rest is passed over, and damage is an error."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.encoders.formats.frozen_graph import read_constants
from pipeline.errors import WeightsError

pytestmark = pytest.mark.slow  # TensorFlow takes three seconds to import


def make_graph() -> bytes:
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        weights = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3), name="layer/weights")
        tf.reshape(weights, tf.constant([3, 2], name="shape"), name="turned")
    return graph.as_graph_def().SerializeToString()


def test_constants_are_read_in_their_shape_and_integers_passed_over():
    constants = read_constants(make_graph())

    assert list(constants) == ["layer/weights"]
    assert np.array_equal(constants["layer/weights"], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("content", [b"", b"no graph at all", b"\x0a\x02\x0a\x00"])
def test_what_holds_no_weights_is_an_error(content: bytes):
    with pytest.raises(WeightsError, match=r"damaged TensorFlow graph|without weights"):
        read_constants(content)


def test_a_graph_cut_short_is_an_error():
    graph = make_graph()

    with pytest.raises(WeightsError):
        read_constants(graph[: len(graph) // 2])
