"""Find what makes a gallery weak: people at risk of being confused, pictures that fit badly, and people with too few.

Nothing is changed here, and nothing is looked up: findings speak of people by id and of pictures by their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import VectorF32

BLOCK_REFERENCES = 1024
"""Reference pictures compared with everybody at once: with 10,000 people the scores take 40 MB."""
FEW_IMAGES = 2
"""With so many pictures or fewer a person's mean is one day's look; three to ten work well."""
UNIFORM_SHARE = 2 / 3
"""A person's pictures are too alike when they are this far on the way from one face to one picture, on average. With
sface ten portraits of one sitting are beyond it for about half of 20 people, photographs of different days for none."""


class FindingKind(StrEnum):
    """What was found, the worst first."""

    SAME_PICTURE = "same_picture"  # one picture is enrolled for two people
    CONFUSABLE = "confusable"  # a picture of one person scores as another who would be named
    MISFIT = "misfit"  # a picture is nearer to another person than to its own
    OUTLIER = "outlier"  # a picture is unlike the others of its person
    ALIKE = "alike"  # two people score near the threshold with one another
    NEAR_DUPLICATE = "near_duplicate"  # two pictures of a person are one
    FEW_IMAGES = "few_images"
    UNIFORM = "uniform"  # all pictures of a person are nearly alike


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is worth telling; all are cosine similarity."""

    threshold: float
    """From here on a face is named."""
    uncertain: float
    """From here on two people are alike, and below it two pictures are not of one person."""
    same_face: float
    """Usual between faces of one person seen one after the other."""
    same_picture: float
    """From here on two pictures are copies."""

    @property
    def uniform(self) -> float:
        """Mean similarity of a person's pictures from which they are too alike."""
        return self.same_face + UNIFORM_SHARE * (self.same_picture - self.same_face)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at."""

    kind: FindingKind
    person_ids: tuple[str, ...]
    """Whom it is about: the person, or the two that are alike."""
    images: tuple[int, ...] = ()
    """Places among the gallery's references: the pictures it is about."""
    score: float | None = None
    """The similarity that was found."""
    lead: float | None = None
    """Score with the own person minus that with the other; negative when the other one is nearer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rival:
    """How a reference picture stands to the person, other than its own, who is most like it."""

    image: int | None
    """None: the person's mean itself."""
    mine: int
    """Place of the own person among the gallery's means."""
    other: int
    """Place of the other one."""
    score: float
    own: float
    """Score with the mean of the person's other pictures; NaN without any."""


def check_gallery(gallery: Gallery, limits: Limits) -> list[Finding]:
    """Everything worth telling, the worst first; the same gallery gives the same list.

    Pictures are compared with the mean of the others of their person, and with the means of all other people.
    """
    own = own_scores(gallery)
    rivals = list(_rivals(gallery, own, limits.uncertain))
    pairs = _pairs(gallery, [*rivals, *_alike_means(gallery, limits.uncertain)], limits)
    found = [*pairs, *_strays(gallery, rivals, own, limits)]
    for owner, (start, stop) in enumerate(_spans(gallery)):
        found += _person(gallery.references[start:stop], _person_id(gallery, owner), int(start), limits)
    order = list(FindingKind)
    return sorted(found, key=lambda each: (order.index(each.kind), -(each.score or 0.0), each.person_ids, each.images))


def own_scores(gallery: Gallery) -> VectorF32:
    """`(R,)` float32: each reference's cosine to the mean of its person's other references; NaN where it is alone."""
    scores = np.full(len(gallery.references), np.nan, np.float32)
    for start, stop in _spans(gallery):
        own = gallery.references[start:stop]
        others = own.sum(axis=0) - own
        lengths = np.linalg.norm(others, axis=1)
        if stop - start > 1:
            scores[start:stop] = (own * others).sum(axis=1) / np.maximum(lengths, 1e-12)
    return scores


def _rivals(gallery: Gallery, own: VectorF32, least: float) -> Iterator[_Rival]:
    """For each reference all people but its own whose score is at least `least`, or above that with its own."""
    place_of = np.searchsorted(gallery.mean_owners, gallery.owners)
    for start in range(0, len(gallery.references), BLOCK_REFERENCES):
        rows = np.arange(start, min(start + BLOCK_REFERENCES, len(gallery.references)))
        scores = gallery.references[rows] @ gallery.means.T
        scores[rows - start, place_of[rows]] = -np.inf
        bar = np.fmin(np.float32(least), own[rows])
        for row, other in np.argwhere(scores >= bar[:, None]):
            image = start + int(row)
            yield _Rival(image, int(place_of[image]), int(other), float(scores[row, other]), float(own[image]))


def _alike_means(gallery: Gallery, least: float) -> Iterator[_Rival]:
    """Pairs of people whose means are alike: a track's template is a mean, too, and less noisy than one picture."""
    for start in range(0, len(gallery.means), BLOCK_REFERENCES):
        scores = gallery.means[start : start + BLOCK_REFERENCES] @ gallery.means.T
        for row, other in np.argwhere(scores >= least):
            if other > start + row:
                yield _Rival(None, start + int(row), int(other), float(scores[row, other]), float("nan"))


def _pairs(gallery: Gallery, rivals: list[_Rival], limits: Limits) -> list[Finding]:
    """Pairs of people of whom a picture or the mean of one scores as the other."""
    closest: dict[tuple[int, int], _Rival] = {}
    for rival in (rival for rival in rivals if rival.score >= limits.uncertain):
        pair = (min(rival.mine, rival.other), max(rival.mine, rival.other))
        if pair not in closest or rival.score > closest[pair].score:
            closest[pair] = rival
    spans = _spans(gallery)
    return [
        _pair(gallery, rival, limits, _copies(gallery, spans[list(pair)], limits.same_picture))
        for pair, rival in closest.items()
    ]


def _pair(gallery: Gallery, rival: _Rival, limits: Limits, copies: tuple[tuple[int, int], float] | None) -> Finding:
    one, other = sorted((rival.mine, rival.other))
    person_ids = (_person_id(gallery, one), _person_id(gallery, other))
    if copies is not None:
        return Finding(kind=FindingKind.SAME_PICTURE, person_ids=person_ids, images=copies[0], score=copies[1])
    kind = FindingKind.CONFUSABLE if rival.score >= limits.threshold else FindingKind.ALIKE
    lead = None if np.isnan(rival.own) else rival.own - rival.score
    images = () if rival.image is None else (rival.image,)
    return Finding(kind=kind, person_ids=person_ids, images=images, score=rival.score, lead=lead)


def _copies(gallery: Gallery, spans: NDArray[np.intp], same_picture: float) -> tuple[tuple[int, int], float] | None:
    """The two most similar pictures of the people in two spans `(2, 2)`, when they are one picture."""
    (one_start, one_stop), (other_start, other_stop) = spans
    scores = gallery.references[one_start:one_stop] @ gallery.references[other_start:other_stop].T
    row, column = (int(place) for place in np.unravel_index(scores.argmax(), scores.shape))
    best = float(scores[row, column])
    return ((one_start + row, other_start + column), best) if best >= same_picture else None


def _strays(gallery: Gallery, rivals: list[_Rival], own: VectorF32, limits: Limits) -> list[Finding]:
    """Pictures that are nearer to somebody else, or unlike the others of their person."""
    nearest: dict[int, _Rival] = {}
    for rival in (rival for rival in rivals if rival.score > rival.own):
        image = -1 if rival.image is None else rival.image
        if image not in nearest or rival.score > nearest[image].score:
            nearest[image] = rival
    found = [_misfit(gallery, image, rival) for image, rival in nearest.items()]
    for start, stop in _spans(gallery):
        unlike = [place for place in range(start, stop) if own[place] < limits.uncertain and place not in nearest]
        found += _outliers(gallery, unlike, own, is_pair=stop - start == FEW_IMAGES)
    return found


def _misfit(gallery: Gallery, image: int, rival: _Rival) -> Finding:
    return Finding(
        kind=FindingKind.MISFIT,
        person_ids=(_person_id(gallery, rival.mine), _person_id(gallery, rival.other)),
        images=(image,),
        score=rival.score,
        lead=rival.own - rival.score,
    )


def _outliers(gallery: Gallery, unlike: list[int], own: VectorF32, *, is_pair: bool) -> list[Finding]:
    """One finding a picture; of two pictures that differ nobody can say which one is wrong."""
    groups = [tuple(unlike)] if is_pair and unlike else [(place,) for place in unlike]
    return [
        Finding(
            kind=FindingKind.OUTLIER,
            person_ids=(gallery.person_ids[int(gallery.owners[group[0]])],),
            images=group,
            score=float(own[group[0]]),
        )
        for group in groups
    ]


def _person(own: VectorF32, person_id: str, start: int, limits: Limits) -> list[Finding]:
    """What is to be said of one person's pictures among themselves; they lie from `start` on in the gallery."""
    person_ids = (person_id,)
    likeness = np.triu(own @ own.T, 1)
    twins = [(int(row), int(column)) for row, column in np.argwhere(likeness >= limits.same_picture)]
    found = [
        Finding(
            kind=FindingKind.NEAR_DUPLICATE,
            person_ids=person_ids,
            images=(start + row, start + column),
            score=float(likeness[row, column]),
        )
        for row, column in twins
    ]
    n_images = len(own)
    if n_images <= FEW_IMAGES:
        return [
            *found,
            Finding(kind=FindingKind.FEW_IMAGES, person_ids=person_ids, images=tuple(range(start, start + n_images))),
        ]
    alike = float(likeness.sum() / (n_images * (n_images - 1) / 2))
    if alike >= limits.uniform:
        found.append(Finding(kind=FindingKind.UNIFORM, person_ids=person_ids, score=alike))
    return found


def _person_id(gallery: Gallery, place: int) -> str:
    return gallery.person_ids[int(gallery.mean_owners[place])]


def _spans(gallery: Gallery) -> NDArray[np.intp]:
    """`(P, 2)` integers: from where to where the references of each person lie."""
    starts = np.searchsorted(gallery.owners, gallery.mean_owners, side="left")
    stops = np.searchsorted(gallery.owners, gallery.mean_owners, side="right")
    return np.stack([starts, stops], axis=1).astype(np.intp)
