"""Fine-tune a network's last layers by the triplet loss, on features that its trunk gave once.

A weight is its base value plus a learnt step, in units in which a step of 1 changes an output by about its own size; so
one learning rate suits a layer of 256 inputs and one of 25,088.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.identity.calibration.rates import area_under_curve
from pipeline.schemas import VectorF32
from pipeline.training.measuring import PairScores, pair_scores
from pipeline.training.triplets.loss import unit_length
from pipeline.training.triplets.mining import Mining, mined_loss

if TYPE_CHECKING:
    import tensorflow as tf

    from pipeline.encoders.network import Network

EMBED_BATCH = 256
"""Faces whose last layers are computed at once, which bounds the memory of what lies between them."""

IndexArray = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class ViewFeatures:
    """Features of pictures in several views each."""

    features: VectorF32
    """`(N, V, ...)` float32: N pictures, V views of each, the first of them the picture as it is."""
    people: IndexArray
    """`(N,)` integers: whose picture each is."""

    def __post_init__(self) -> None:
        if len(self.features) != len(self.people):
            raise ValueError(f"people: expected {len(self.features)}, got {len(self.people)}")

    @property
    def plain(self) -> VectorF32:
        """The features `(N, ...)` of the pictures as they are."""
        return self.features[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class TripletOptions:
    """How the last layers learn."""

    alpha: float = 0.2
    """The margin, in squared distance of unit vectors."""
    mining: Mining = Mining.SEMI_HARD
    rate: float = 0.005
    """Learning rate: about the share of its size by which a step changes an output."""
    batch: int = 64
    """Views in a batch."""
    most_people: int = 16
    """People in a batch."""


class TailTrainee:
    """The last layers of a network while they learn (see `early_stopping.Trainee`)."""

    def __init__(
        self,
        network: Network,
        trained: ViewFeatures,
        held_back: ViewFeatures,
        options: TripletOptions,
        rng: Generator,
    ) -> None:
        self._tail = Tail(network)
        self._step = _make_step(self._tail, options)
        self._trained = trained
        self._held_back = held_back
        self._batches = _Batches(trained, options, rng)

    def run_epoch(self) -> float:
        """As many batches as show each picture about twice; the mean loss."""
        losses = [float(self._step(*self._batches.draw())) for _ in range(self._batches.in_epoch)]
        return float(np.mean(losses))

    def score(self) -> float:
        """Area under the ROC curve of pairs of the people held back, in all views."""
        scores = view_scores(self._tail, self._held_back)
        return area_under_curve(scores.genuine, scores.impostor)

    def weights(self) -> dict[str, VectorF32]:
        """The weights of the tail as they are now."""
        return self._tail.numbers()


class Tail:
    """The last layers of a network as variables."""

    def __init__(self, network: Network) -> None:
        import tensorflow as tf

        self._network = network
        self._base = {name: tf.constant(array) for name, array in network.tail_weights.items()}
        self._unit = {name: _unit_of(array) for name, array in network.tail_weights.items()}
        self.steps: dict[str, Any] = {name: tf.Variable(tf.zeros_like(base)) for name, base in self._base.items()}

    def outputs(self, features: tf.Tensor) -> tf.Tensor:
        """`(N, D)` of any length for features `(N, ...)`."""
        return self._network.tail(features, self.current())

    def current(self) -> Mapping[str, tf.Tensor]:
        """The weights as they are now."""
        return {name: base + self._unit[name] * self.steps[name] for name, base in self._base.items()}

    def embed(self, features: VectorF32) -> VectorF32:
        """`(N, D)` float32 of unit length for features `(N, ...)`."""
        starts = range(0, len(features), EMBED_BATCH)
        pieces = [unit_length(self.outputs(features[start : start + EMBED_BATCH])).numpy() for start in starts]
        return np.concatenate(pieces) if pieces else np.zeros((0, self._network.dimensions), np.float32)

    def numbers(self) -> dict[str, VectorF32]:
        """A copy of the weights as they are now."""
        return {name: array.numpy() for name, array in self.current().items()}


def view_scores(tail: Tail, views: ViewFeatures) -> PairScores:
    """The scores of all pairs of pictures, in all their views."""
    n_pictures, n_views = views.features.shape[:2]
    flat = views.features.reshape(-1, *views.features.shape[2:])
    pictures = np.repeat(np.arange(n_pictures), n_views)
    return pair_scores(tail.embed(flat), views.people[pictures], pictures)


class _Batches:
    """Draws batches of a few people with a few views each."""

    def __init__(self, trained: ViewFeatures, options: TripletOptions, rng: Generator) -> None:
        self._features, self._rng = trained.features, rng
        self._people = trained.people
        self._pictures = [np.flatnonzero(trained.people == person) for person in np.unique(trained.people)]
        self._n_people = min(options.most_people, len(self._pictures))
        self._n_each = max(2, options.batch // self._n_people)
        self.in_epoch = max(4, -(-2 * len(trained.people) // options.batch))

    def draw(self) -> tuple[VectorF32, IndexArray]:
        """Features `(B, ...)` and whose they are; of each person different pictures as far as there are."""
        chosen = self._rng.choice(len(self._pictures), self._n_people, replace=False)
        pictures = np.concatenate([self._some_of(self._pictures[person]) for person in chosen])
        views = self._rng.integers(0, self._features.shape[1], len(pictures))
        return self._features[pictures, views], self._people[pictures].astype(np.int32)

    def _some_of(self, pictures: IndexArray) -> IndexArray:
        rounds = -(-self._n_each // len(pictures))
        return np.concatenate([self._rng.permutation(pictures) for _ in range(rounds)])[: self._n_each]


def _make_step(tail: Tail, options: TripletOptions) -> Any:
    import tensorflow as tf

    optimizer = tf.keras.optimizers.Adam(options.rate)
    variables = list(tail.steps.values())
    optimizer.build(variables)
    loss_of = mined_loss(options.mining)

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(features: tf.Tensor, people: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(unit_length(tail.outputs(features)), people, options.alpha)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    return step


def _unit_of(array: VectorF32) -> np.float32:
    """What a step of 1 adds: the root mean square of the weights, shared among the inputs of an output."""
    n_inputs = int(np.prod(array.shape[:-1]))
    spread = float(np.sqrt(np.mean(np.square(array, dtype=np.float64)))) or 1.0
    return np.float32(spread / np.sqrt(n_inputs))
