"""Train a closed-set classifier by cross-entropy, on views of its pictures, and judge it by those held out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.schemas import ImageU8, VectorF32
from pipeline.training.classifier.closed_set import ClassifierFigures, ClosedSet, LabelledFaces, judge
from pipeline.training.classifier.networks import ClassifierNetwork, Weights
from pipeline.training.early_stopping import EpochLimits, Trained, train_until_best
from pipeline.training.faces.augmentation import make_views
from pipeline.training.watching import Watching

BATCH = 32
MEMORY = 1 << 30
"""Bytes that the inputs of all views may take; with more pictures there are fewer views of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierTrainingOptions:
    """How a classifier learns."""

    rate: float = 0.003
    """Adam's learning rate."""
    limits: EpochLimits = field(default_factory=lambda: EpochLimits(most=60, patience=10))
    n_views: int = 12
    """Of each picture learnt from, as far as memory allows."""
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class TrainedClassifier:
    """What came of it; the network has the best weights."""

    trained: Trained
    figures: ClassifierFigures


def train_classifier(
    network: ClassifierNetwork,
    closed_set: ClosedSet,
    options: ClassifierTrainingOptions,
    watching: Watching | None = None,
) -> TrainedClassifier:
    """Train `network` in place on what is learnt from; ends when those watched are no longer named more surely.

    Without pictures to watch, those learnt from decide. Equal arguments give equal results.
    """
    watching = watching or Watching()
    rng = np.random.default_rng(options.seed)
    inputs = _view_inputs(network, closed_set.learnt, options, rng, watching.on_views)
    watched = closed_set.watched if len(closed_set.watched) else closed_set.learnt
    judging = _Judging(network.inputs(watched.crops_rgb), watched.people)
    trainee = _Trainee(network, _Learning(inputs, closed_set.learnt.people, rng), judging, options.rate)
    trained = train_until_best(trainee, options.limits, watching.on_epoch)
    network.take(trained.weights)
    probabilities = predict(network, closed_set.held_out.crops_rgb, len(closed_set.labels))
    return TrainedClassifier(trained, judge(probabilities, closed_set))


def predict(network: ClassifierNetwork, crops_rgb: ImageU8, n_labels: int) -> VectorF32:
    """`(N, K)` float32 probabilities for crops `(N, S, S, 3)` uint8 RGB; N may be 0."""
    if not len(crops_rgb):
        return np.zeros((0, n_labels), np.float32)
    return np.exp(_log_probabilities(network, network.inputs(crops_rgb)))


@dataclass(frozen=True, slots=True, eq=False)
class _Learning:
    """Inputs `(N, V, ...)` of views, whose they are, and what draws among them."""

    inputs: np.ndarray
    people: NDArray[np.intp]
    rng: Generator


@dataclass(frozen=True, slots=True, eq=False)
class _Judging:
    """Inputs `(M, ...)` that decide when to stop, and whose they are."""

    inputs: np.ndarray
    people: NDArray[np.intp]


class _Trainee:
    """A classifier while it learns (see `early_stopping.Trainee`)."""

    def __init__(self, network: ClassifierNetwork, learning: _Learning, judging: _Judging, rate: float) -> None:
        self._network = network
        self._learning = learning
        self._judging = judging
        self._step = _make_step(network, rate)

    def run_epoch(self) -> float:
        """Every picture once, in some view; the mean loss."""
        inputs, people, rng = self._learning.inputs, self._learning.people, self._learning.rng
        order, views = rng.permutation(len(inputs)), rng.integers(0, inputs.shape[1], len(inputs))
        losses = []
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            losses.append(float(self._step(inputs[chosen, views[chosen]], people[chosen])))
        return float(np.mean(losses))

    def score(self) -> float:
        """The mean logarithm of the probability of the right name."""
        found = _log_probabilities(self._network, self._judging.inputs)
        return float(found[np.arange(len(found)), self._judging.people].mean())

    def weights(self) -> Weights:
        """See `ClassifierNetwork`."""
        return self._network.weights()


def _view_inputs(
    network: ClassifierNetwork,
    learnt: LabelledFaces,
    options: ClassifierTrainingOptions,
    rng: Generator,
    on_views: Callable[[int, int], None],
) -> np.ndarray:
    """`(N, V, ...)` inputs, picture by picture in groups, so that the views themselves take little memory."""
    each = network.inputs(learnt.crops_rgb[:1]).nbytes
    n_views = int(np.clip(MEMORY // (each * len(learnt)), 1, options.n_views))
    pieces = []
    for start in range(0, len(learnt), BATCH):
        views = make_views(learnt.crops_rgb[start : start + BATCH], n_views, rng)
        inputs = network.inputs(views.reshape(-1, *views.shape[2:]))
        pieces.append(inputs.reshape(len(views), n_views, *inputs.shape[1:]))
        on_views((start + len(views)) * n_views, len(learnt) * n_views)
    return np.concatenate(pieces)


def _log_probabilities(network: ClassifierNetwork, inputs: np.ndarray) -> VectorF32:
    import tensorflow as tf

    starts = range(0, len(inputs), BATCH)
    logits = [network.logits(tf.constant(inputs[start : start + BATCH]), learns=False) for start in starts]
    found: VectorF32 = tf.nn.log_softmax(tf.concat(logits, axis=0)).numpy()
    return found


def _make_step(network: ClassifierNetwork, rate: float) -> Any:
    import tensorflow as tf

    optimizer = tf.keras.optimizers.Adam(rate)
    variables = network.variables
    optimizer.build(variables)

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(inputs: tf.Tensor, people: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = network.logits(inputs, learns=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(people, logits))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    return step
