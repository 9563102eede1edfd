"""How well an encoder tells people apart, in the figures by which encoders are compared.

Two questions. Pairs: how many pairs of one person are found when 1 % of the pairs of two people are let through? Open
set: how many pictures of people known by a few others are named rightly when 1 % of strangers are given a name?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.identity.calibration.rates import (
    Proportion,
    Scores,
    area_under_curve,
    hits_at_rate,
    identified_at,
    open_set_scores,
    proportion,
    threshold_at_rate,
)
from pipeline.identity.photos.sets import PhotoSet
from pipeline.schemas import VectorF32

FALSE_RATE = 0.01
"""Of pairs of two people let through, and of strangers named."""
N_REFERENCES = 3
"""Pictures by which somebody is known in the open set."""

Vectors = Mapping[Path, VectorF32]
"""`(D,)` float32 of unit length for each photograph that shows a usable face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """What comparing pictures two by two came to."""

    auc: float
    """Area under the ROC curve, 0..1."""
    hits: Proportion
    """Pairs of one person found at `FALSE_RATE`. Pairs share pictures, so the interval is narrower than is true."""
    threshold: float
    """The cosine that gives it."""
    n_different: int
    """Pairs of two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSetFigures:
    """What naming pictures came to, with strangers among them."""

    n_people: int
    """People enrolled."""
    identified: Proportion
    """Pictures named rightly at `FALSE_RATE`."""
    threshold: float
    """The cosine that gives it."""
    identified_as_shipped: Proportion
    """The same at the threshold that the encoder comes with."""
    strangers_named: Proportion
    """Strangers named at the threshold that the encoder comes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well one encoder does on one set."""

    n_photos: int
    n_without_face: int
    """Photographs in which no usable face was found; what they are part of counts nowhere."""
    pairs: PairFigures | None
    """None when the set has no pair of one person, or none of two."""
    open_set: OpenSetFigures | None
    """None when nobody has pictures beyond the references, or nobody can play the stranger."""


def figures_of(photo_set: PhotoSet, vectors: Vectors, *, encoder: str, shipped_threshold: float) -> Figures:
    """The figures of an encoder that gave `vectors` for the photographs of a set."""
    seen = [photo for photo in photo_set.photos if photo.path in vectors]
    names = [photo.person for photo in seen]
    people = np.array([vectors[photo.path] for photo in seen], np.float32)
    scores = _scores_of_pairs(photo_set, vectors) if photo_set.pairs else scores_of_people(people, names)
    return Figures(
        n_photos=len(photo_set.paths),
        n_without_face=sum(path not in vectors for path in photo_set.paths),
        pairs=pair_figures(*scores),
        open_set=open_set_figures(people, names, encoder=encoder, shipped_threshold=shipped_threshold),
    )


def pair_figures(genuine: Scores, impostor: Scores) -> PairFigures | None:
    """The figures of the scores `(G,)` of pairs of one person and `(I,)` of two; None when either is empty."""
    if not len(genuine) or not len(impostor):
        return None
    point = hits_at_rate(genuine, impostor, FALSE_RATE)
    return PairFigures(
        auc=area_under_curve(genuine, impostor),
        hits=proportion(int((genuine >= point.threshold).sum()), len(genuine)),
        threshold=point.threshold,
        n_different=len(impostor),
    )


def open_set_figures(
    vectors: VectorF32,
    names: Sequence[str],
    *,
    encoder: str,
    shipped_threshold: float,
    n_references: int = N_REFERENCES,
) -> OpenSetFigures | None:
    """The figures of `(N, D)` float32 unit vectors and their people; None when they cannot say anything.

    Who has no more than `n_references` pictures is a stranger, and everybody else is one, too, while left out.
    """
    if not len(vectors):
        return None
    scores = open_set_scores(vectors, names, n_references, encoder)
    if not len(scores.genuine) or not len(scores.impostor):
        return None
    threshold = threshold_at_rate(scores.impostor, FALSE_RATE)
    return OpenSetFigures(
        n_people=sum(names.count(name) > n_references for name in set(names)),
        identified=identified_at(scores, threshold),
        threshold=threshold,
        identified_as_shipped=identified_at(scores, shipped_threshold),
        strangers_named=proportion(int((scores.impostor >= shipped_threshold).sum()), len(scores.impostor)),
    )


def scores_of_people(vectors: VectorF32, names: Sequence[str]) -> tuple[Scores, Scores]:
    """The scores of all pairs of `(N, D)` float32 unit vectors: those of one person, and those of two."""
    people = np.unique(np.array(names, str), return_inverse=True)[1] if names else np.empty(0, np.intp)
    genuine, impostor = [np.empty(0, np.float32)], [np.empty(0, np.float32)]
    for place in range(len(names)):
        scores = vectors[place + 1 :] @ vectors[place]
        is_same = people[place + 1 :] == people[place]
        genuine.append(scores[is_same])
        impostor.append(scores[~is_same])
    return np.concatenate(genuine), np.concatenate(impostor)


def _scores_of_pairs(photo_set: PhotoSet, vectors: Vectors) -> tuple[Scores, Scores]:
    usable = [pair for pair in photo_set.pairs if pair.first in vectors and pair.second in vectors]
    scores = np.array([vectors[pair.first] @ vectors[pair.second] for pair in usable], np.float32)
    is_same = np.array([pair.is_same for pair in usable], bool)
    return scores[is_same], scores[~is_same]
