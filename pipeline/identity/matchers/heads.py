"""Heads that choose a candidate by another rule than the nearest mean: most of the nearest references.

A head only says WHO among those enrolled; it always names somebody, and so knows nothing of strangers. Whether the
candidate is that person is left to the cosine with the candidate's mean reference, to the thresholds and to the margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.identity.matchers.matching import Gallery, IndexArray, Matcher
from pipeline.schemas import Match, VectorF32

BLOCK_REFERENCES = 16384
"""References compared at once: the scores of 32 templates take 2 MB and stay in the cache."""


class Head(Protocol):
    """Chooses one of the people of a gallery for each template."""

    def choose(self, templates: VectorF32) -> IndexArray:
        """`(N,)` positions among the gallery's `means` for templates `(N, D)` float32 of unit length.

        Everybody enrolled who has a reference can be chosen; nobody else, and never nobody: the classes are closed.
        """


@dataclass(frozen=True, slots=True, eq=False)
class HeadMatcher:
    """A matcher whose candidates come from a head, scored as all candidates are.

    Where the head agrees with `means`, the match is that of `means`. Where it overrules them, the score is the cosine
    to the person chosen, the second person is the one with the nearest mean, and the margin is negative or zero: such
    a track is uncertain at best, unless the margin that is asked for is zero and both are equally near.
    """

    means: Matcher
    head: Head

    @property
    def gallery(self) -> Gallery:
        return self.means.gallery

    def match(self, templates: VectorF32) -> list[Match | None]:
        """One candidate for each template; None where nobody is enrolled."""
        nearest = self.means.match(templates)
        if not len(templates) or not len(self.gallery.means):
            return nearest
        chosen = self.head.choose(templates)
        return [
            _judged(leader, template, int(place), self.gallery)
            for leader, template, place in zip(nearest, templates, chosen, strict=True)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class NearestReferences:
    """The k-nearest-neighbours head: whom most of the `k` most similar references show.

    Equal votes go to the person whose voting references are more similar in sum, and then to who comes first.
    """

    gallery: Gallery
    k: int

    def choose(self, templates: VectorF32) -> IndexArray:
        """As `Head.choose`; compares with every reference."""
        scores, places = _nearest(templates, self.gallery.references, min(self.k, len(self.gallery.references)))
        owners = np.searchsorted(self.gallery.mean_owners, self.gallery.owners[places])
        return np.array([_elected(*row) for row in zip(owners, scores, strict=True)], np.intp)


def _judged(leader: Match | None, template: VectorF32, place: int, gallery: Gallery) -> Match | None:
    person_id = gallery.person_ids[gallery.mean_owners[place]]
    if leader is None or leader.person_id == person_id:
        return leader
    score = float(template @ gallery.means[place])
    return Match(person_id, score, leader.person_id, score - leader.score)


def _nearest(templates: VectorF32, references: VectorF32, k: int) -> tuple[VectorF32, IndexArray]:
    """`(N, k)` float32 cosines of the best references, the best first, and their `(N, k)` positions."""
    scores = np.full((len(templates), k), -np.inf, np.float32)
    places = np.zeros((len(templates), k), np.intp)
    for start in range(0, len(references), BLOCK_REFERENCES):
        block = templates @ references[start : start + BLOCK_REFERENCES].T
        here = _best_places(block, k)
        scores = np.concatenate([scores, np.take_along_axis(block, here, axis=1)], axis=1)
        places = np.concatenate([places, here + start], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        scores, places = np.take_along_axis(scores, order, axis=1), np.take_along_axis(places, order, axis=1)
    return scores, places


def _best_places(scores: VectorF32, k: int) -> IndexArray:
    """`(N, k)` or fewer positions of the best scores of each row, in ascending order."""
    if scores.shape[1] <= k:
        return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    return np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)


def _elected(owners: NDArray[np.integer], scores: VectorF32) -> int:
    people, votes = np.unique(owners, return_inverse=True)
    counts, sums = np.bincount(votes), np.bincount(votes, weights=scores)
    return int(people[np.lexsort((people, -sums, -counts))[0]])
