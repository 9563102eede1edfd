"""Networks that learn to tell names apart: a head on an encoder, with or without its last layers, or a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline.errors import WeightsError
from pipeline.schemas import ImageU8, VectorF32
from pipeline.training.classifier.keras_backbones import build_from_scratch
from pipeline.training.encoder.tail import Tail
from pipeline.training.faces.features import FeatureMaker
from pipeline.training.triplets.loss import unit_length

if TYPE_CHECKING:
    import tensorflow as tf

    from pipeline.encoders.network import Network

Weights = Mapping[str, VectorF32]

SHARPNESS = 16.0
"""What unit vectors are multiplied by before the head: without it no probability could come near 1."""


class ClassifierNetwork(Protocol):
    """From faces to logits, by way of inputs that do not change while it learns."""

    @property
    def variables(self) -> list[Any]:
        """What learns."""

    def inputs(self, crops_rgb: ImageU8) -> np.ndarray:
        """`(N, ...)` uint8 or float32 for crops `(N, S, S, 3)` uint8 RGB."""

    def logits(self, inputs: tf.Tensor, *, learns: bool) -> tf.Tensor:
        """`(N, K)` float32."""

    def weights(self) -> Weights:
        """A copy of everything that was learnt, by name."""

    def take(self, weights: Weights) -> None:
        """Put weights in the place of the present ones; raises `WeightsError` when they do not fit."""


class EmbeddingHead:
    """One layer on an encoder's unit vectors."""

    def __init__(self, network: Network, n_labels: int) -> None:
        self._features = FeatureMaker(network)
        self._tail = Tail(network)
        self._head = _Head(network.dimensions, n_labels)
        self.variables: list[Any] = self._head.variables

    def inputs(self, crops_rgb: ImageU8) -> np.ndarray:
        """`(N, D)` float32 of unit length."""
        return self._tail.embed(self._features.features(crops_rgb))

    def logits(self, inputs: tf.Tensor, *, learns: bool) -> tf.Tensor:
        """See `ClassifierNetwork`."""
        return self._head.logits(inputs)

    def weights(self) -> Weights:
        """The head's."""
        return self._head.weights()

    def take(self, weights: Weights) -> None:
        """See `ClassifierNetwork`."""
        _assign(self._head.named, weights)


class TailHead:
    """One layer on an encoder whose last layers learn with it."""

    def __init__(self, network: Network, n_labels: int) -> None:
        self._features = FeatureMaker(network)
        self._tail = Tail(network)
        self._head = _Head(network.dimensions, n_labels)
        self._named = self._head.named | {f"tail/{name}": step for name, step in self._tail.steps.items()}
        self.variables: list[Any] = list(self._named.values())

    def inputs(self, crops_rgb: ImageU8) -> np.ndarray:
        """`(N, ...)` float32: what the trunk makes of them."""
        return self._features.features(crops_rgb)

    def logits(self, inputs: tf.Tensor, *, learns: bool) -> tf.Tensor:
        """See `ClassifierNetwork`."""
        return self._head.logits(unit_length(self._tail.outputs(inputs)))

    def weights(self) -> Weights:
        """The head's, and by how much the last layers differ from the encoder's."""
        return {name: variable.numpy() for name, variable in self._named.items()}

    def take(self, weights: Weights) -> None:
        """See `ClassifierNetwork`."""
        _assign(self._named, weights)


class FromScratch:
    """A Keras network of which everything learns."""

    def __init__(self, backbone: str, n_labels: int, seed: int) -> None:
        self._model = build_from_scratch(backbone, n_labels, seed)
        kept = [variable for variable in self._model.variables if "seed" not in variable.path]
        # By their places: Keras's own names of layers count on through a process.
        self._named = {f"{place:03}/{variable.name}": variable for place, variable in enumerate(kept)}
        self.variables: list[Any] = list(self._model.trainable_variables)

    def inputs(self, crops_rgb: ImageU8) -> np.ndarray:
        """The crops as they are."""
        return crops_rgb

    def logits(self, inputs: tf.Tensor, *, learns: bool) -> tf.Tensor:
        """See `ClassifierNetwork`."""
        import tensorflow as tf

        return self._model(tf.cast(inputs, tf.float32), training=learns)

    def weights(self) -> Weights:
        """All, with the statistics of the normalisations."""
        return {name: variable.numpy() for name, variable in self._named.items()}

    def take(self, weights: Weights) -> None:
        """See `ClassifierNetwork`."""
        _assign(self._named, weights)


class _Head:
    """One layer from unit vectors `(N, D)` to logits `(N, K)`; all names are equally probable at first."""

    def __init__(self, dimensions: int, n_labels: int) -> None:
        import tensorflow as tf

        kernel, bias = np.zeros((dimensions, n_labels), np.float32), np.zeros(n_labels, np.float32)
        self.named: dict[str, Any] = {"head/kernel": tf.Variable(kernel), "head/bias": tf.Variable(bias)}
        self.variables: list[Any] = list(self.named.values())

    def logits(self, vectors: tf.Tensor) -> tf.Tensor:
        return (SHARPNESS * vectors) @ self.named["head/kernel"] + self.named["head/bias"]

    def weights(self) -> Weights:
        return {name: variable.numpy() for name, variable in self.named.items()}


def _assign(variables: Mapping[str, Any], weights: Weights) -> None:
    for name, variable in variables.items():
        array = weights.get(name)
        if array is None or tuple(array.shape) != tuple(variable.shape):
            found = "nothing" if array is None else str(array.shape)
            raise WeightsError(f"it has {found} as {name}, where {tuple(variable.shape)} is needed")
        variable.assign(array)
