"""Measure how well scores tell people apart, and find the threshold for a rate of false identification.

A genuine score compares pictures of one person, an impostor score those of two. In open-set identification a probe is
compared with everybody enrolled, and only its best score counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.identity.matchers.matching import Gallery, match_templates
from pipeline.schemas import VectorF32, check_array

Scores = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold, and the share of genuine scores that reach it, 0..1."""

    threshold: float
    hit_rate: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of how many, with the 95 % interval of the true rate (Wilson)."""

    successes: int
    trials: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.successes / self.trials if self.trials else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class OpenSetScores:
    """What open-set identification was measured on."""

    genuine: Scores
    """`(G,)`: best score of each probe of an enrolled person."""
    is_right: NDArray[np.bool_]
    """`(G,)`: whether that best score was with the right person."""
    impostor: Scores
    """`(I,)`: best score of each probe of somebody not enrolled."""


def area_under_curve(genuine: Scores, impostor: Scores) -> float:
    """The probability that a genuine score is above an impostor score; a tie counts half. NaN when either is empty."""
    if not len(genuine) or not len(impostor):
        return float("nan")
    ordered = np.sort(impostor)
    below = np.searchsorted(ordered, genuine, side="left")
    not_above = np.searchsorted(ordered, genuine, side="right")
    return float((below + not_above).mean() / 2 / len(impostor))


def threshold_at_rate(impostor: Scores, false_rate: float) -> float:
    """The lowest threshold that at most `false_rate` of the impostor scores reach (a score reaches its own value)."""
    if not 0 <= false_rate <= 1:
        raise ValueError(f"false_rate: expected 0..1, got {false_rate}")
    if not len(impostor):
        return -1.0
    allowed = int(np.floor(false_rate * len(impostor)))
    if allowed >= len(impostor):
        return -1.0
    highest_first = np.sort(np.asarray(impostor, np.float64))[::-1]
    return float(np.nextafter(highest_first[allowed], np.inf))


def hits_at_rate(genuine: Scores, impostor: Scores, false_rate: float) -> OperatingPoint:
    """The threshold for a rate of false acceptance, and the share of genuine scores that reach it."""
    threshold = threshold_at_rate(impostor, false_rate)
    hit_rate = float(np.mean(np.asarray(genuine) >= threshold)) if len(genuine) else float("nan")
    return OperatingPoint(threshold, hit_rate)


def proportion(successes: int, trials: int) -> Proportion:
    """A rate with its 95 % interval by Wilson, which holds for few trials and for rates near 0 and 1."""
    if not trials:
        return Proportion(0, 0, 0.0, 1.0)
    z, rate = 1.959964, successes / trials
    centre = rate + z * z / (2 * trials)
    spread = z * np.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low, high = float((centre - spread) / scale), float((centre + spread) / scale)
    return Proportion(successes, trials, max(0.0, low), min(1.0, high))


def open_set_scores(
    embeddings: VectorF32,
    labels: Sequence[str],
    n_references: int,
    encoder: str,
    strangers: frozenset[str] = frozenset(),
) -> OpenSetScores:
    """Identify each picture among people known by `n_references` others; `embeddings` is `(N, D)` float32.

    Everybody with more pictures than that is enrolled by the first ones in the order given, and the others are
    genuine probes. Each enrolled person is also left out once: all pictures of that person are then impostor probes,
    as are those of everybody else (`strangers`, and who has too few pictures) against the whole gallery.
    """
    check_array("embeddings", embeddings, (len(labels), None), np.float32)
    places = {name: [i for i, label in enumerate(labels) if label == name] for name in sorted(set(labels))}
    enrolled = {n: p[:n_references] for n, p in places.items() if len(p) > n_references and n not in strangers}
    whole = _gallery(embeddings, enrolled, encoder)
    probes = [i for name in enrolled for i in places[name][n_references:]]
    matches = [match for match in match_templates(embeddings[probes], whole) if match is not None]
    others = [i for name, own in places.items() if name not in enrolled for i in own]
    impostor = _best_scores(embeddings[others], whole)
    for left_out in enrolled:
        rest = _gallery(embeddings, {name: own for name, own in enrolled.items() if name != left_out}, encoder)
        impostor += _best_scores(embeddings[places[left_out]], rest)
    is_right = [match.person_id == labels[i] for match, i in zip(matches, probes, strict=True)]
    return OpenSetScores(np.array([match.score for match in matches]), np.array(is_right, bool), np.array(impostor))


def identified_at(scores: OpenSetScores, threshold: float) -> Proportion:
    """How many genuine probes are named, and rightly, at a threshold."""
    named = scores.is_right & (scores.genuine >= threshold)
    return proportion(int(named.sum()), len(named))


def _gallery(embeddings: VectorF32, enrolled: dict[str, list[int]], encoder: str) -> Gallery:
    names = tuple(enrolled)
    references = embeddings[[place for own in enrolled.values() for place in own]]
    owners = np.repeat(np.arange(len(names)), [len(own) for own in enrolled.values()])
    return Gallery(1, encoder, names, names, references, owners)


def _best_scores(probes: VectorF32, gallery: Gallery) -> list[float]:
    return [match.score for match in match_templates(probes, gallery) if match is not None]
