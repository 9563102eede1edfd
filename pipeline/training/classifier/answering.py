"""What a closed-set classifier promises: faces in, a probability for each name out. It names strangers, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.faces.alignment import Alignment
from pipeline.schemas import ImageU8, VectorF32


class Classifier(Protocol):
    """Tells apart the people that it has learnt, and knows nobody else."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The K names, in the order of the probabilities."""

    @property
    def alignment(self) -> Alignment:
        """How its faces must be aligned."""

    def predict(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, K)` float32 probabilities, each row summing to 1, for crops `(N, S, S, 3)` uint8 RGB; N may be 0."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A name, and how probable it is among the names that the classifier knows, 0..1."""

    label: str
    probability: float


def top_guesses(probabilities: VectorF32, labels: Sequence[str], top: int) -> list[tuple[Guess, ...]]:
    """For each row of `(N, K)` the `top` most probable names, the best first; equal ones in the order of the labels."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    return [
        tuple(Guess(labels[place], float(row[place])) for place in places)
        for row, places in zip(probabilities, best, strict=True)
    ]
