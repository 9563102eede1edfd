"""Which face goes on with which track."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.options import TrackingOptions
from pipeline.sightings.folding.pairs import Candidate, Pair, pair_faces
from tests.builders import make_vector

OPTIONS = TrackingOptions(agree_cosine=0.9, contradict_cosine=0.84)
HERE = (100.0, 100.0, 180.0, 180.0)
BESIDE = (210.0, 100.0, 290.0, 180.0)
FAR = (900.0, 100.0, 980.0, 180.0)
ADA, BOB = make_vector(0), make_vector(1)
ADA_UNSURE = make_vector(0, cosine=0.87)
LINKED, APART = [Pair(0, 0)], []  # type: tuple[list[Pair], list[Pair]]


@pytest.mark.parametrize(("n_tracks", "n_faces"), [(0, 0), (1, 0), (0, 1)])
def test_nothing_pairs_with_nothing(n_tracks: int, n_faces: int) -> None:
    assert pair_faces([Candidate(HERE, ADA)] * n_tracks, [Candidate(HERE, ADA)] * n_faces, OPTIONS) == []


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        (Candidate(HERE, None), LINKED),  # by the boxes alone
        (Candidate(FAR, None), APART),
        (Candidate(HERE, ADA_UNSURE), LINKED),  # does not contradict
        (Candidate(HERE, BOB), APART),  # contradicts, however well the boxes overlap
        (Candidate(BESIDE, ADA), LINKED),  # moved fast, and looks the same
        (Candidate(BESIDE, ADA_UNSURE), APART),
        (Candidate(FAR, ADA), APART),  # nobody is that fast
        (Candidate((20, 20, 260, 260), ADA), APART),  # nobody grows that fast
    ],
)
def test_track_just_seen_goes_on(face: Candidate, expected: list[Pair]) -> None:
    assert pair_faces([Candidate(HERE, ADA, unseen_s=0.2)], [face], OPTIONS) == expected


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        (Candidate(HERE, None), LINKED),
        (Candidate(BESIDE, None), APART),
        (Candidate(HERE, ADA_UNSURE), APART),  # across a gap the embedding has to agree
        (Candidate(BESIDE, ADA), LINKED),
    ],
)
def test_missed_track_resumes_only_by_an_agreeing_face(face: Candidate, expected: list[Pair]) -> None:
    assert pair_faces([Candidate(HERE, ADA, unseen_s=0.6, was_missed=True)], [face], OPTIONS) == expected


@pytest.mark.parametrize(("vector", "expected"), [(None, APART), (ADA_UNSURE, APART), (ADA, LINKED)])
def test_samples_far_apart_need_an_agreeing_face(vector: np.ndarray | None, expected: list[Pair]) -> None:
    assert pair_faces([Candidate(HERE, ADA, unseen_s=5.0)], [Candidate(HERE, vector)], OPTIONS) == expected


def test_embeddings_tell_apart_two_who_change_places() -> None:
    tracks = [Candidate(HERE, ADA), Candidate(BESIDE, BOB)]
    faces = [Candidate(HERE, BOB), Candidate(BESIDE, ADA)]

    assert sorted(pair_faces(tracks, faces, OPTIONS), key=lambda pair: pair.track) == [Pair(0, 1), Pair(1, 0)]


def test_equal_claims_go_to_the_track_just_seen() -> None:
    tracks = [Candidate(HERE, None, unseen_s=0.4, was_missed=True), Candidate(HERE, None, unseen_s=0.2)]

    assert pair_faces(tracks, [Candidate(HERE, None)], OPTIONS) == [Pair(1, 0)]


def test_returning_face_prefers_its_own_missed_track() -> None:
    outlier = make_vector(0, cosine=0.85)
    tracks = [Candidate(HERE, ADA, unseen_s=0.4, was_missed=True), Candidate(HERE, outlier, unseen_s=0.2)]

    assert pair_faces(tracks, [Candidate(HERE, ADA)], OPTIONS) == [Pair(0, 0)]


def test_options_without_an_encoders_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="AnalysisOptions"):
        pair_faces([Candidate(HERE, ADA)], [Candidate(HERE, ADA)], TrackingOptions())
