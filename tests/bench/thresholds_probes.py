"""Photographs as one encoder sees them at several sizes, and how known people and strangers score beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.encoders.registry import Encoder
from pipeline.identity.calibration.pictures import FULL_SIZE, VIDEO_SIZES_PX, shrink_face
from pipeline.identity.matchers.matching import Gallery, match_templates
from pipeline.identity.photos.portraits import Portrait
from pipeline.schemas import ImageU8, Match, VectorF32

N_REFERENCES = 3
SIZES_PX = (FULL_SIZE, *VIDEO_SIZES_PX)

Scores = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Every photograph as one encoder sees it, in the order of `people`."""

    people: tuple[str, ...]
    """Who is on each; a stranger has a name that no other photograph bears."""
    vectors: dict[int, VectorF32]
    """Size of the face in pixels -> `(N, D)` float32 of unit length."""


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """Photographs of one kind at all sizes, compared with the people enrolled; each array is `(P,)`."""

    score: Scores
    lead: Scores
    """Over the second person."""
    is_right: NDArray[np.bool_]
    """Whether the best person is the one on it: never for a stranger."""
    size_px: NDArray[np.integer]

    def at(self, size_px: int) -> Probes:
        """Those of one size."""
        chosen = self.size_px == size_px
        return Probes(self.score[chosen], self.lead[chosen], self.is_right[chosen], self.size_px[chosen])

    def named(self, threshold: float, margin: float) -> NDArray[np.bool_]:
        """Which of them get a name."""
        return (self.score >= threshold) & (self.lead >= margin)


def see(encoder: Encoder, portraits: Sequence[tuple[str, Portrait]]) -> Faces:
    """Everybody's photographs, by name, as `encoder` sees them."""
    vectors = {
        size: encoder.embed(np.stack([cut_face(encoder, _sized(portrait, size)) for _, portrait in portraits]))
        for size in SIZES_PX
    }
    return Faces(tuple(person for person, _ in portraits), vectors)


def probe(name: str, faces: Faces) -> tuple[Probes, Probes]:
    """The known and the strangers, compared with everybody known by the first photographs at full size.

    Everybody is left out of the gallery once, and a stranger then with all photographs.
    """
    places = {person: [i for i, other in enumerate(faces.people) if other == person] for person in faces.people}
    enrolled = {person: own[:N_REFERENCES] for person, own in places.items() if len(own) > N_REFERENCES}
    whole = _gallery(name, faces, enrolled)
    known = [_compare(faces, own[N_REFERENCES:], whole, person) for person, own in places.items() if person in enrolled]
    strangers = [_compare(faces, own, whole) for person, own in places.items() if person not in enrolled]
    for person in enrolled:
        rest = _gallery(name, faces, {other: own for other, own in enrolled.items() if other != person})
        strangers.append(_compare(faces, places[person], rest))
    return _together(known), _together(strangers)


def pairs(faces: Faces) -> tuple[dict[int, Scores], dict[int, Scores]]:
    """Size -> scores of all pairs of photographs of one person, and of two people."""
    people = np.array(faces.people)
    upper = np.triu(np.ones((len(people), len(people)), bool), 1)
    is_same = people[:, None] == people[None]
    scores = {size: vectors @ vectors.T for size, vectors in faces.vectors.items()}
    same = {size: of_size[upper & is_same] for size, of_size in scores.items()}
    return same, {size: of_size[upper & ~is_same] for size, of_size in scores.items()}


def _compare(faces: Faces, places: list[int], gallery: Gallery, person: str = "") -> Probes:
    matched = {size: match_templates(vectors[places], gallery) for size, vectors in faces.vectors.items()}
    matches: list[Match] = [match for of_size in matched.values() for match in of_size if match is not None]
    return Probes(
        score=np.array([match.score for match in matches]),
        lead=np.array([match.margin for match in matches], float),
        is_right=np.array([match.person_id == person for match in matches], bool),
        size_px=np.repeat(list(matched), len(places)),
    )


def _together(parts: Sequence[Probes]) -> Probes:
    return Probes(
        score=np.concatenate([part.score for part in parts]),
        lead=np.concatenate([part.lead for part in parts]),
        is_right=np.concatenate([part.is_right for part in parts]),
        size_px=np.concatenate([part.size_px for part in parts]),
    )


def _gallery(name: str, faces: Faces, enrolled: dict[str, list[int]]) -> Gallery:
    people = tuple(enrolled)
    places = [place for own in enrolled.values() for place in own]
    owners = np.repeat(np.arange(len(people)), [len(own) for own in enrolled.values()])
    return Gallery(1, name, people, people, faces.vectors[FULL_SIZE][places], owners)


def cut_face(encoder: Encoder, portrait: Portrait) -> ImageU8:
    """`(S, S, 3)` uint8 RGB as the encoder wants it."""
    crop_bgr = encoder.alignment.cut(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy)
    if crop_bgr is None:
        raise ValueError("a face of the test data cannot be aligned")
    return np.ascontiguousarray(crop_bgr[..., ::-1])


def _sized(portrait: Portrait, size_px: int) -> Portrait:
    return portrait if size_px == FULL_SIZE else shrink_face(portrait, size_px)
