"""Read the constants of a frozen TensorFlow graph (`.pb`) by name; the graph itself is never run.

Uses TensorFlow's own definition of the format (`tensorflow/core/framework/graph.proto`).
"""

from __future__ import annotations

from pipeline.errors import WeightsError
from pipeline.schemas import VectorF32

LARGEST_MB = 512
"""More than any face network; Protocol Buffers themselves end at 2048."""


def read_constants(content: bytes) -> dict[str, VectorF32]:
    """The float32 constants of the graph by node name, each in its own shape; raises `WeightsError` on damage."""
    import numpy as np
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    if len(content) > LARGEST_MB * 1_000_000:
        raise WeightsError(f"a graph of {len(content) / 1e6:.0f} MB is larger than {LARGEST_MB}")
    graph = tf.compat.v1.GraphDef()
    try:
        graph.ParseFromString(content)
        tensors = {node.name: node.attr["value"].tensor for node in graph.node if node.op == "Const"}
        floats = {name: tensor for name, tensor in tensors.items() if tensor.dtype == tf.float32.as_datatype_enum}
        constants = {name: np.asarray(tf.make_ndarray(tensor)) for name, tensor in floats.items()}
    except (DecodeError, TypeError, ValueError) as error:
        raise WeightsError(f"a damaged TensorFlow graph: {error}") from error
    if not constants:
        raise WeightsError("a TensorFlow graph without weights, or no graph")
    return constants
