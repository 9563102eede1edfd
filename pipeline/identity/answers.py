"""What is answered about a face that somebody asks about: who it is of all, or whether it is one person's.

identify_face(vector, matcher, policy) -> Identification      of everybody enrolled
verify_face(vector, gallery, person_id, policy) -> Verification
judge_pair(score, policy, encoder) -> Verification            of two faces with this similarity
nearest_reference(vector, gallery, person_id) -> Resemblance  the person's picture that is most like it

The command line and the pages give the same answers, since they come from here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.errors import NotFound
from pipeline.identity.decision import DecisionPolicy, decide
from pipeline.identity.matchers.matching import Gallery, Matcher, match_templates
from pipeline.identity.verdicts import Identification, Verification, distance_of
from pipeline.schemas import VectorF32
from pipeline.sightings.rows import Status


@dataclass(frozen=True, slots=True)
class Resemblance:
    """One of a person's reference images, as like to a face as none other of the person."""

    place: int
    """Among the person's references in the gallery, which are in the order of their pictures' sha256."""
    score: float
    """Cosine similarity, -1..1."""


def identify_face(vector: VectorF32, matcher: Matcher, policy: DecisionPolicy) -> Identification:
    """Who the face `(D,)` float32 of unit length is by that operating point; a good picture counts as enough faces."""
    gallery = matcher.gallery
    match = matcher.match(vector[None])[0]
    status = decide(match, policy.min_faces, policy)
    candidate_id = match.person_id if match else None
    names = dict(zip(gallery.person_ids, gallery.person_names, strict=True))
    return Identification(
        status=status,
        person_id=candidate_id if status is Status.KNOWN else None,
        person_name=names.get(candidate_id or "") if status is Status.KNOWN else None,
        candidate_id=candidate_id,
        candidate_name=names.get(candidate_id or ""),
        score=match.score if match else None,
        l2_distance=distance_of(match.score) if match else None,
        margin=match.margin if match else None,
        second_person_id=match.second_person_id if match else None,
        threshold=policy.threshold,
        l2_threshold=distance_of(policy.threshold),
        uncertain_threshold=policy.uncertain_threshold,
        least_margin=policy.margin,
        threshold_source=policy.source,
        encoder=gallery.encoder,
        gallery_version=gallery.version,
    )


def verify_face(vector: VectorF32, gallery: Gallery, person_id: str, policy: DecisionPolicy) -> Verification:
    """Whether the face `(D,)` float32 of unit length is that person's.

    Raises `NotFound` when the person has no usable picture.
    """
    return judge_pair(score_with(vector, gallery, person_id), policy, gallery.encoder)


def score_with(vector: VectorF32, gallery: Gallery, person_id: str) -> float:
    """How alike the face `(D,)` and one person are; raises `NotFound` when that person has no usable picture."""
    match = match_templates(vector[None], only(gallery, person_id))[0]
    if match is None:
        raise NotFound(f"{person_id} has no picture encoded by {gallery.encoder}; `facetrail enroll` adds some")
    return match.score


def judge_pair(score: float, policy: DecisionPolicy, encoder: str) -> Verification:
    """The verdict on two faces of this similarity."""
    is_same, may_be = score >= policy.threshold, score >= policy.uncertain_threshold
    return Verification(
        is_same=is_same,
        verdict="same" if is_same else "uncertain" if may_be else "different",
        score=score,
        threshold=policy.threshold,
        threshold_source=policy.source,
        l2_distance=distance_of(score),
        l2_threshold=distance_of(policy.threshold),
        encoder=encoder,
    )


def nearest_reference(vector: VectorF32, gallery: Gallery, person_id: str) -> Resemblance:
    """The reference of a person of the gallery that is most like the face `(D,)` float32 of unit length."""
    scores = only(gallery, person_id).references @ vector
    place = int(scores.argmax())
    return Resemblance(place, float(scores[place]))


def only(gallery: Gallery, person_id: str) -> Gallery:
    """The gallery with nobody but that person; raises `NotFound` when the person has no usable picture."""
    if person_id not in gallery.person_ids:
        raise NotFound(f"{person_id} has no picture encoded by {gallery.encoder}; `facetrail enroll` adds some")
    place = gallery.person_ids.index(person_id)
    references = np.ascontiguousarray(gallery.references[gallery.owners == place])
    return Gallery(
        version=gallery.version,
        encoder=gallery.encoder,
        person_ids=(person_id,),
        person_names=(gallery.person_names[place],),
        references=references,
        owners=np.zeros(len(references), np.intp),
    )
