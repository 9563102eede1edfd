"""Compare templates with everybody enrolled: exact, by one matrix product taken in blocks that stay in the cache.

A person is compared by the normalised mean of the person's references. Against the best single reference, the mean
tells people apart better, and strangers do not score higher the more pictures somebody has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import Match, VectorF32, check_array

BLOCK_PEOPLE = 16384
"""People in one block: the scores of 32 templates against it take 2 MB and stay in the cache."""

IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Everybody enrolled, as one encoder sees them, at one version."""

    version: int
    encoder: str
    person_ids: tuple[str, ...]
    person_names: tuple[str, ...]
    references: VectorF32
    """`(R, D)` float32 of unit length, one a reference image."""
    owners: NDArray[np.integer]
    """`(R,)` integers, ascending: the position in `person_ids` of each reference's person."""
    means: VectorF32 = field(init=False, repr=False)
    """`(P, D)` float32 of unit length: the mean reference of each person who has one."""
    mean_owners: IndexArray = field(init=False, repr=False)
    """`(P,)` integers: the position in `person_ids` of each mean."""

    def __post_init__(self) -> None:
        check_array("references", self.references, (len(self.owners), None), np.float32)
        n_people = len(self.person_ids)
        if len(self.person_names) != n_people:
            raise ValueError(f"person_names: expected {n_people}, got {len(self.person_names)}")
        if len(self.owners) and not _is_index(self.owners, n_people):
            raise ValueError(f"owners: expected ascending integers from 0 to {n_people - 1}")
        mean_owners, starts = np.unique(self.owners, return_index=True)
        object.__setattr__(self, "mean_owners", mean_owners.astype(np.intp))
        object.__setattr__(self, "means", _means(self.references, starts))

    @classmethod
    def empty(cls, encoder: str, dimensions: int) -> Gallery:
        """A gallery in which nobody is enrolled."""
        return cls(0, encoder, (), (), np.empty((0, dimensions), np.float32), np.empty(0, np.intp))

    def digest(self) -> str:
        """The sha256 of what is matched with: encoder, ids and references, and not the names; 64 hex digits."""
        digest = hashlib.sha256(f"{self.encoder}\n{len(self.references)}\n".encode())
        digest.update("\n".join(self.person_ids).encode())
        digest.update(np.ascontiguousarray(self.owners, "<i8").tobytes())
        digest.update(np.ascontiguousarray(self.references, "<f4").tobytes())
        return digest.hexdigest()


class Matcher(Protocol):
    """Finds the best person of a gallery; `pipeline.identity.matchers.choice` makes the one that the settings name."""

    @property
    def gallery(self) -> Gallery:
        """Everybody who can be found."""

    def match(self, templates: VectorF32) -> list[Match | None]:
        """The candidate for each template `(N, D)` float32 of unit length; None where nobody is enrolled.

        Whoever chooses the candidate, the score is the cosine to the candidate's mean reference, and the margin its
        lead over the best other person, which is negative when the choice overruled the means.
        """


@dataclass(frozen=True, slots=True, eq=False)
class MeanMatcher:
    """The matcher whose candidate has the nearest mean reference, found by comparing with everybody."""

    gallery: Gallery

    def match(self, templates: VectorF32) -> list[Match | None]:
        """As `match_templates`."""
        return match_templates(templates, self.gallery)


@dataclass(frozen=True, slots=True, eq=False)
class _Leaders:
    """The two best of `(N,)` rows so far: scores, and the place of the best two."""

    scores: NDArray[np.float32]
    """`(N, 2)` float32, the best first."""
    places: IndexArray
    """`(N, 2)` positions among the means; -1 where there is none."""


def match_templates(templates: VectorF32, gallery: Gallery) -> list[Match | None]:
    """The best person for each template `(N, D)` float32 of unit length; None where nobody is enrolled.

    Equal scores go to the person who comes first in the gallery.
    """
    check_array("templates", templates, (None, gallery.references.shape[1]), np.float32)
    if not len(gallery.means):
        return [None] * len(templates)
    leaders = _Leaders(np.full((len(templates), 2), -np.inf, np.float32), np.full((len(templates), 2), -1))
    for start, scores in _score_blocks(templates, gallery.means):
        leaders = _best_of(leaders, _two_best(scores, start))
    return [_match(leaders, row, gallery) for row in range(len(templates))]


def match_candidates(templates: VectorF32, candidates: IndexArray, gallery: Gallery) -> list[Match | None]:
    """The best person for each template among its candidates, `(N, K)` positions in `gallery.means`; -1 is nobody.

    The scores are as exact as those of `match_templates`. None for a template without any candidate.
    """
    order = np.sort(candidates, axis=1)  # equal scores go to the person who comes first
    scores = np.einsum("nd,nkd->nk", templates, gallery.means[np.maximum(order, 0)])
    ranked = np.argsort(-np.where(order < 0, -np.inf, scores), axis=1, kind="stable")[:, :2]
    best = _Leaders(np.take_along_axis(scores, ranked, axis=1), np.take_along_axis(order, ranked, axis=1))
    if best.places.shape[1] < 2:  # a single person is enrolled
        alone = np.full((len(templates), 1), -1)
        best = _Leaders(np.hstack([best.scores, alone.astype(np.float32)]), np.hstack([best.places, alone]))
    return [_match(best, row, gallery) if best.places[row, 0] >= 0 else None for row in range(len(templates))]


def _score_blocks(templates: VectorF32, means: VectorF32) -> Iterator[tuple[int, VectorF32]]:
    for start in range(0, len(means), BLOCK_PEOPLE):
        yield start, templates @ means[start : start + BLOCK_PEOPLE].T


def _two_best(scores: VectorF32, start: int) -> _Leaders:
    """The leaders of one block; `scores` is the caller's to throw away, and is."""
    rows = np.arange(len(scores))
    first = scores.argmax(axis=1)
    best = scores[rows, first]
    scores[rows, first] = -np.inf
    second = scores.argmax(axis=1)
    runner_up = scores[rows, second]
    places = np.stack([first + start, np.where(np.isneginf(runner_up), -1, second + start)], axis=1)
    return _Leaders(np.stack([best, runner_up], axis=1), places)


def _best_of(earlier: _Leaders, later: _Leaders) -> _Leaders:
    scores = np.concatenate([earlier.scores, later.scores], axis=1)
    places = np.concatenate([earlier.places, later.places], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :2]
    return _Leaders(np.take_along_axis(scores, order, axis=1), np.take_along_axis(places, order, axis=1))


def _match(leaders: _Leaders, row: int, gallery: Gallery) -> Match:
    score, second_score = (float(score) for score in leaders.scores[row])
    place, second_place = leaders.places[row]
    person_id = gallery.person_ids[gallery.mean_owners[place]]
    if second_place < 0:
        return Match(person_id, score)
    return Match(person_id, score, gallery.person_ids[gallery.mean_owners[second_place]], score - second_score)


def _is_index(owners: NDArray[np.integer], n_people: int) -> bool:
    ascends = bool(np.all(owners[1:] >= owners[:-1]))
    return ascends and bool(owners[0] >= 0) and bool(owners[-1] < n_people)


def _means(references: VectorF32, starts: IndexArray) -> VectorF32:
    if len(starts) == len(references):
        return references
    sums = np.add.reduceat(references, starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: VectorF32 = (sums / np.maximum(lengths, np.float32(1e-12))).astype(np.float32)
    return means
