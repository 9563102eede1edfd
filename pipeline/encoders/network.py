"""Any network as an encoder: one place where graphs are made, batches filled and vectors brought to length one.

A module of an architecture builds a `Network`; everything that is the same for all of them is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.encoders.batches import embed_in_batches
from pipeline.encoders.devices import prepare_devices
from pipeline.encoders.execution import Execution
from pipeline.faces.alignment import Alignment
from pipeline.schemas import ImageU8, VectorF32

if TYPE_CHECKING:
    import tensorflow as tf

TailWeights = Mapping[str, VectorF32]
SINGLE = Execution()


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What an architecture's module builds: a fixed trunk, and a tail whose weights training may replace."""

    input_size: int
    """S: the trunk takes `(N, S, S, 3)` RGB, 0..255, and does its own normalisation."""
    dimensions: int
    """D, the length of a vector."""
    trunk: Callable[[tf.Tensor], tf.Tensor]
    """From pictures to features `(N, ...)` float32. Its convolutions compute in the type of the pictures: float32,
    float16 or bfloat16. What is in `layers` does."""
    tail: Callable[[tf.Tensor, Mapping[str, tf.Tensor]], tf.Tensor]
    """From features and weights to `(N, D)` float32, of any length: the network's last layers."""
    tail_weights: TailWeights
    """The weights of the tail by name, as they come from the model file, batch normalisation folded in."""


def dense(features: tf.Tensor, weights: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """The tail of one layer: `kernel` `(F, D)`, and `bias` `(D,)` where there is one."""
    product = features @ weights["kernel"]
    return product + weights["bias"] if "bias" in weights else product


class NetworkEncoder:
    """An encoder (see `registry.Encoder`); one object serves any number of calls."""

    def __init__(self, name: str, network: Network, alignment: Alignment, execution: Execution = SINGLE) -> None:
        if alignment.size != network.input_size:
            raise ValueError(f"alignment: expected crops of {network.input_size} pixels, got {alignment.size}")
        self.name = name
        self.dimensions = network.dimensions
        self.alignment = alignment
        self._forward = _traced(network, execution)

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, D)` float32 of unit length for aligned crops `(N, S, S, 3)` uint8 RGB; N may be 0."""
        return embed_in_batches(self._run, crops_rgb, self.alignment.size, self.dimensions)

    def _run(self, crops_rgb: ImageU8) -> VectorF32:
        vectors: VectorF32 = self._forward(crops_rgb).numpy()
        return vectors


def _traced(network: Network, execution: Execution) -> Any:
    convolution_type = execution.convolution_type(prepare_devices())
    import tensorflow as tf

    weights = {name: tf.constant(array) for name, array in network.tail_weights.items()}
    pictures = tf.TensorSpec([None, network.input_size, network.input_size, 3], tf.uint8)

    compiled = {"jit_compile": True} if execution.xla else {}

    @tf.function(autograph=False, input_signature=[pictures], **compiled)  # type: ignore[untyped-decorator]
    def forward(crops_rgb: tf.Tensor) -> tf.Tensor:
        return network.tail(network.trunk(tf.cast(crops_rgb, convolution_type)), weights)

    return forward
