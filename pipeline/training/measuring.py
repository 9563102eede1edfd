"""Measure how well embeddings of a few people tell them apart: pairs, and open-set identification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.identity.calibration.rates import (
    Proportion,
    Scores,
    area_under_curve,
    hits_at_rate,
    identified_at,
    open_set_scores,
    threshold_at_rate,
)
from pipeline.schemas import VectorF32

FALSE_RATE = 0.01
"""The rate of false acceptance and of false identification that figures are given at."""
REFERENCES = 3
"""Pictures that a person is known by in open-set identification."""


@dataclass(frozen=True, slots=True, eq=False)
class PairScores:
    """Cosine similarities of pairs of pictures, never of two views of one picture."""

    genuine: Scores
    """`(G,)`: of one person."""
    impostor: Scores
    """`(I,)`: of two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well people are told apart, with the sizes that the figures rest on."""

    n_people: int
    n_pictures: int
    n_genuine: int
    n_impostor: int
    auc: float
    """Area under the ROC curve of all pairs, 0..1."""
    true_accept_rate: float
    """Share of genuine pairs accepted at 1 % false acceptance."""
    threshold: float
    """Cosine that gives it."""
    open_set: Proportion | None
    """Probes named rightly at 1 % false identification, known by three pictures each; None when nobody has four."""
    n_strangers: int
    """Probes of people not enrolled that it rests on."""
    open_set_threshold: float | None


def pair_scores(embeddings: VectorF32, people: NDArray[np.integer], pictures: NDArray[np.integer]) -> PairScores:
    """The scores of all pairs of `(N, D)` float32 unit vectors, whose person and picture are `(N,)` integers."""
    first, second = np.triu_indices(len(embeddings), 1)
    differs = pictures[first] != pictures[second]
    first, second = first[differs], second[differs]
    scores = (embeddings @ embeddings.T)[first, second]
    is_genuine = people[first] == people[second]
    return PairScores(scores[is_genuine], scores[~is_genuine])


def measure(embeddings: VectorF32, names: Sequence[str], encoder: str) -> Figures:
    """The figures of pictures, one embedding `(N, D)` float32 of unit length each, with the names of their people."""
    distinct = sorted(set(names))
    people = np.array([distinct.index(name) for name in names], np.intp)
    pairs = pair_scores(embeddings, people, np.arange(len(names)))
    accepted = hits_at_rate(pairs.genuine, pairs.impostor, FALSE_RATE)
    found = open_set_scores(embeddings, names, REFERENCES, encoder) if len(names) else None
    can_say = found is not None and len(found.genuine) > 0 and len(found.impostor) > 0
    threshold = threshold_at_rate(found.impostor, FALSE_RATE) if found is not None and can_say else None
    return Figures(
        n_people=len(distinct),
        n_pictures=len(names),
        n_genuine=len(pairs.genuine),
        n_impostor=len(pairs.impostor),
        auc=area_under_curve(pairs.genuine, pairs.impostor),
        true_accept_rate=accepted.hit_rate,
        threshold=accepted.threshold,
        open_set=None if found is None or threshold is None else identified_at(found, threshold),
        n_strangers=0 if found is None else len(found.impostor),
        open_set_threshold=threshold,
    )


def carry_over(score: float, before: Scores, after: Scores) -> float:
    """Where a score of one encoder lies in another: as many of the same pairs reach it.

    `before` and `after` are the `(I,)` scores of the same pairs. Outside them the distance to the nearest one grows as
    their spread does. Equal scores leave it where it is, and so do none.
    """
    if not len(before):
        return score
    lower, higher = np.sort(before), np.sort(after)
    inside = float(np.clip(score, lower[0], lower[-1]))
    carried = float(np.interp(inside, lower, higher)) + (score - inside) * spread_ratio(before, after)
    return float(np.clip(carried, -1, 1))


def spread_ratio(before: Scores, after: Scores) -> float:
    """By how much differences of scores grew; 1 where it cannot be told."""
    spread = float(np.std(before)) if len(before) else 0.0
    return float(np.std(after)) / spread if spread else 1.0
