"""What identification in one gallery scores: of everybody enrolled, by the others of their pictures, and of strangers.

A genuine probe is a reference picture compared with a gallery that has all references but this one. A stranger is
somebody of the gallery compared with a gallery that has everybody else, or somebody from outside. The score is the one
that matching uses: the cosine to the mean of a person's references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import VectorF32, check_array

BLOCK_PROBES = 512
"""Probes compared with everybody at once: with 10,000 people the scores take 20 MB."""
PAIR_BINS = 4000
"""Steps of the histogram of single comparisons, 0.0005 each: of 10,000 people there would be too many to keep."""
STRANGER = -1

FloatArray = NDArray[np.floating]
IndexArray = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """Faces to be identified, as one encoder sees them."""

    embeddings: VectorF32
    """`(V, D)` float32 of unit length."""
    references: IndexArray
    """`(V,)`: the place among the gallery's references of the picture that each is a view of, or `STRANGER`."""
    sizes_px: IndexArray
    """`(V,)`: the side of the face in pixels; 0 as the picture is."""

    def __post_init__(self) -> None:
        check_array("embeddings", self.embeddings, (len(self.references), None), np.float32)
        if len(self.sizes_px) != len(self.references):
            raise ValueError(f"sizes_px: expected {len(self.references)}, got {len(self.sizes_px)}")


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best person for each of `(N,)` probes."""

    scores: FloatArray
    """Cosine with the best person."""
    margins: FloatArray
    """Lead over the second; infinite where there is none."""
    is_right: NDArray[np.bool_]
    """Whether the best person is the probe's own; False for all strangers."""
    is_outside: NDArray[np.bool_]
    """Whether the probe shows somebody who is no part of the gallery."""
    sizes_px: IndexArray

    def of_size(self, size_px: int) -> Best:
        """Those probes of one size."""
        return self.where(self.sizes_px == size_px)

    def where(self, chosen: NDArray[np.bool_]) -> Best:
        """The probes of a mask `(N,)`."""
        return Best(
            self.scores[chosen],
            self.margins[chosen],
            self.is_right[chosen],
            self.is_outside[chosen],
            self.sizes_px[chosen],
        )

    def named(self, threshold: float, margin: float) -> NDArray[np.bool_]:
        """Which probes get a name at an operating point."""
        return (self.scores >= threshold) & (self.margins >= margin)


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """How many comparisons with one person score how much, in `PAIR_BINS` equal steps from -1 to 1."""

    counts: NDArray[np.int64]

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def lower_edges(self) -> FloatArray:
        """`(PAIR_BINS,)`: from where on each step counts."""
        return np.linspace(-1, 1, PAIR_BINS + 1)[:-1]

    def n_reaching(self, threshold: float) -> int:
        """How many reach a threshold, with those that share its step."""
        first = int(np.clip(np.floor((threshold + 1) / 2 * PAIR_BINS), 0, PAIR_BINS - 1))
        return int(self.counts[first:].sum())


@dataclass(frozen=True, slots=True, eq=False)
class GalleryScores:
    """All that a calibration rests on."""

    genuine: Best
    """Probes of people who are enrolled by other pictures."""
    impostor: Best
    """Probes of people who are not enrolled."""
    n_impostor_people: int
    own_pairs: PairCounts
    """Pictures as they are, each with the mean of its person's others."""
    other_pairs: PairCounts
    """Pictures as they are, each with the means of all people who are somebody else."""


def score_gallery(gallery: Gallery, probes: Probes, n_strangers: int) -> GalleryScores:
    """Identify every probe; `n_strangers` says how many people the strangers' pictures show."""
    means = _leave_one_out_means(gallery)
    genuine, impostor = [], []
    own, other = np.zeros(PAIR_BINS, np.int64), np.zeros(PAIR_BINS, np.int64)
    for block in _blocks(probes):
        scores = block.embeddings @ gallery.means.T
        places, rows = _places(gallery, block), np.arange(len(block.references))
        is_enrolled = places != STRANGER
        own_scores = _own_scores(block, means)
        scores[rows[is_enrolled], places[is_enrolled]] = -np.inf
        impostor.append(_strangers_best(scores, block))
        is_plain = block.sizes_px == 0
        other += _histogram(scores[is_plain & np.isfinite(scores).any(axis=1)])
        own += _histogram(own_scores[is_plain])
        has_others = np.isfinite(own_scores)
        scores[rows[has_others], places[has_others]] = own_scores[has_others]
        genuine.append(_best(scores[has_others], places[has_others], _part(block, has_others)))
    n_people = len(gallery.means) if len(gallery.means) > 1 else 0
    return GalleryScores(
        _joined(genuine), _joined(impostor), n_people + n_strangers, PairCounts(own), PairCounts(other)
    )


def _blocks(probes: Probes) -> Iterator[Probes]:
    for start in range(0, max(1, len(probes.references)), BLOCK_PROBES):
        part = slice(start, start + BLOCK_PROBES)
        yield Probes(probes.embeddings[part], probes.references[part], probes.sizes_px[part])


def _places(gallery: Gallery, probes: Probes) -> IndexArray:
    """`(V,)`: the place of each probe's own person among the means, or `STRANGER`."""
    owners = np.searchsorted(gallery.mean_owners, gallery.owners)
    known = probes.references != STRANGER
    places = np.full(len(probes.references), STRANGER)
    places[known] = owners[probes.references[known]]
    return places


def _leave_one_out_means(gallery: Gallery) -> VectorF32:
    """`(R, D)` float32: the mean of each reference's person without it; NaN where there is no other."""
    if not len(gallery.references):
        return gallery.references
    starts = np.searchsorted(gallery.owners, gallery.mean_owners, side="left")
    counts = np.diff(np.append(starts, len(gallery.owners)))
    sums = np.repeat(np.add.reduceat(gallery.references, starts, axis=0), counts, axis=0) - gallery.references
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    lengths[np.repeat(counts, counts) == 1] = np.nan
    means: VectorF32 = (sums / np.maximum(lengths, np.float32(1e-12))).astype(np.float32)
    return means


def _own_scores(probes: Probes, means: VectorF32) -> FloatArray:
    """`(V,)`: each probe with the others of its person; NaN for strangers and for who has no other picture."""
    scores = np.full(len(probes.references), np.nan, np.float32)
    known = probes.references != STRANGER
    scores[known] = (probes.embeddings[known] * means[probes.references[known]]).sum(axis=1)
    return scores


def _strangers_best(scores: VectorF32, block: Probes) -> Best:
    """Of everybody: whoever is enrolled is left out, and a stranger to the others."""
    usable = np.asarray(np.isfinite(scores).any(axis=1), bool)
    return _best(scores[usable], np.full(int(usable.sum()), STRANGER), _part(block, usable))


def _part(probes: Probes, chosen: NDArray[np.bool_]) -> Probes:
    return Probes(probes.embeddings[chosen], probes.references[chosen], probes.sizes_px[chosen])


def _best(scores: VectorF32, places: IndexArray, probes: Probes) -> Best:
    is_outside = probes.references == STRANGER
    if not len(scores):
        return Best(np.empty(0), np.empty(0), np.empty(0, bool), is_outside, probes.sizes_px)
    first, rows = scores.argmax(axis=1), np.arange(len(scores))
    best = scores[rows, first].astype(np.float64)
    rest = scores.copy()
    rest[rows, first] = -np.inf
    is_right = (first == places) & (places != STRANGER)
    return Best(best, best - rest.max(axis=1), is_right, is_outside, probes.sizes_px)


def _histogram(scores: FloatArray) -> NDArray[np.int64]:
    finite = scores[np.isfinite(scores)]
    return np.histogram(np.clip(finite, -1, 1), bins=PAIR_BINS, range=(-1, 1))[0].astype(np.int64)


def _joined(parts: list[Best]) -> Best:
    return Best(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.margins for part in parts]),
        np.concatenate([part.is_right for part in parts]),
        np.concatenate([part.is_outside for part in parts]),
        np.concatenate([part.sizes_px for part in parts]),
    )
