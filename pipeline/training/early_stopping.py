"""Train epoch after epoch, and keep the weights that did best on what was held back; those of before count, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pipeline.schemas import VectorF32

Weights = Mapping[str, VectorF32]


class Trainee(Protocol):
    """Something that learns in epochs."""

    def run_epoch(self) -> float:
        """Learn from everything once or about so; the mean loss."""

    def score(self) -> float:
        """How well it does on what is held back: higher is better."""

    def weights(self) -> Weights:
        """A copy of what was learnt, by name."""


@dataclass(frozen=True, slots=True)
class EpochLimits:
    """When training ends."""

    most: int
    """Epochs."""
    patience: int
    """Epochs without a better score after which it ends."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to."""

    number: int
    """0 is before training."""
    loss: float | None
    """None before training."""
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """The course of a training, and its best weights."""

    epochs: tuple[Epoch, ...]
    best: Epoch
    weights: Weights


def train_until_best(trainee: Trainee, limits: EpochLimits, on_epoch: Callable[[Epoch], None] | None = None) -> Trained:
    """Train until the score has not risen for `patience` epochs; of equal scores the earlier one is the best.

    The score before training counts, so the result is never worse than the beginning on what is held back.
    """
    epochs = [Epoch(0, None, trainee.score())]
    best, weights = epochs[0], trainee.weights()
    while len(epochs) <= limits.most and epochs[-1].number - best.number < limits.patience:
        loss = trainee.run_epoch()
        epochs.append(Epoch(len(epochs), loss, trainee.score()))
        if epochs[-1].score > best.score:
            best, weights = epochs[-1], trainee.weights()
        if on_epoch is not None:
            on_epoch(epochs[-1])
    return Trained(tuple(epochs), best, weights)
