"""Answers about a face: who it is, whether it is one person's, and which picture it is most like."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import NotFound
from pipeline.identity.answers import identify_face, judge_pair, nearest_reference, verify_face
from pipeline.identity.decision import DecisionPolicy
from pipeline.identity.matchers.matching import Gallery, MeanMatcher
from pipeline.sightings.rows import Status
from tests.builders_examined import make_vector

POLICY = DecisionPolicy(
    threshold=0.5, uncertain_threshold=0.4, margin=0.1, min_faces=2, same_face_cosine=0.4, source="a test"
)
REFERENCES = np.stack([make_vector(0), make_vector(0, 2, 0.6), make_vector(1)])
GALLERY = Gallery(4, "sface", ("p_a", "p_b"), ("Ada", "Grace"), REFERENCES, np.array([0, 0, 1]))


def test_nobody_enrolled_is_nobody_known() -> None:
    found = identify_face(make_vector(0), MeanMatcher(Gallery.empty("sface", len(make_vector(0)))), POLICY)

    assert (found.status, found.person_id, found.score) == (Status.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("face", "status", "name"),
    [
        (make_vector(1), Status.KNOWN, "Grace"),
        (make_vector(5, 1, 0.45), Status.UNCERTAIN, None),
        (make_vector(5, 1, 0.2), Status.UNKNOWN, None),
    ],
)
def test_only_somebody_known_is_named_and_the_candidate_always(
    face: np.ndarray, status: Status, name: str | None
) -> None:
    found = identify_face(face, MeanMatcher(GALLERY), POLICY)

    assert (found.status, found.person_name, found.candidate_name) == (status, name, "Grace")
    assert (found.threshold_source, found.gallery_version) == ("a test", 4)


@pytest.mark.parametrize(("score", "verdict"), [(0.5, "same"), (0.45, "uncertain"), (0.1, "different")])
def test_a_pair_is_judged_by_the_threshold(score: float, verdict: str) -> None:
    assert judge_pair(score, POLICY, "sface").verdict == verdict


def test_a_face_is_compared_with_one_person_alone() -> None:
    assert verify_face(make_vector(1), GALLERY, "p_b", POLICY).is_same
    assert not verify_face(make_vector(1), GALLERY, "p_a", POLICY).is_same
    with pytest.raises(NotFound, match="p_c has no picture"):
        verify_face(make_vector(1), GALLERY, "p_c", POLICY)


def test_the_most_similar_picture_of_a_person_is_found() -> None:
    nearest = nearest_reference(make_vector(2), GALLERY, "p_a")

    assert (nearest.place, nearest.score) == (1, pytest.approx(0.6))
