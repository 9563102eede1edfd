"""What people say of tracks overrules what the tracks look like, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.identity.matchers.matching import MeanMatcher
from pipeline.schemas import VectorF32
from pipeline.sightings.building.building import TrackNotes, build_sightings
from pipeline.sightings.building.corrections import NO_CORRECTIONS, TrackCorrections, correct_verdicts
from pipeline.sightings.rows import SightingRow, Status
from tests.builders import make_embedding_row, make_gallery, make_policy, make_track_row, make_vector

GALLERY = make_gallery("Ada", "Bob")
ADA, BOB, STRANGER = make_vector(0), make_vector(1), make_vector(9)


def build(corrections: TrackCorrections, **looks: VectorF32 | None) -> list[SightingRow]:
    """Sightings of tracks that follow each other with long gaps; a track without looks has no template."""
    tracks = [make_track_row(name, start_s=10 * place, end_s=10 * place + 4) for place, name in enumerate(looks)]
    rows = {name: make_embedding_row(name, template=look) for name, look in looks.items() if look is not None}
    notes = TrackNotes(corrections=corrections)
    return build_sightings(tracks, rows, MeanMatcher(GALLERY), make_policy(), notes, 2.0)


def test_no_tracks_no_verdicts() -> None:
    assert correct_verdicts([], {}, GALLERY, make_policy(), NO_CORRECTIONS) == []


def test_track_that_shows_no_face_is_left_out() -> None:
    rows = build(TrackCorrections(not_faces=frozenset({"t_1"})), t_1=ADA, t_2=BOB)

    assert [row.person_name for row in rows] == ["Bob"]


@pytest.mark.parametrize("look", [STRANGER, BOB, None])
def test_track_that_is_somebody_is_known_whatever_it_looks_like(look: VectorF32 | None) -> None:
    (row,) = build(TrackCorrections(persons={"t_1": "p_ada"}), t_1=look)

    assert (row.person_name, row.status, row.candidate_id) == ("Ada", Status.KNOWN, "p_ada")


def test_scores_of_a_corrected_track_are_those_with_the_person_it_is() -> None:
    (row,) = build(TrackCorrections(persons={"t_1": "p_ada"}), t_1=BOB)

    assert (row.best_score, row.second_person_id, row.margin) == (0.0, "p_bob", -1.0)


def test_person_who_is_not_enrolled_any_more_is_nobody() -> None:
    (row,) = build(TrackCorrections(persons={"t_1": "p_gone"}), t_1=ADA)

    assert row.person_name == "Ada"


def test_track_that_is_not_somebody_is_judged_as_if_that_person_were_not_enrolled() -> None:
    rows = build(TrackCorrections(denied={"t_1": frozenset({"p_ada"})}), t_1=ADA, t_2=ADA)

    assert [(row.status, row.candidate_id) for row in rows] == [(Status.UNKNOWN, "p_bob"), (Status.KNOWN, "p_ada")]


def test_track_that_is_nobody_enrolled_has_no_candidate() -> None:
    (row,) = build(TrackCorrections(denied={"t_1": frozenset({"p_ada", "p_bob"})}), t_1=ADA)

    assert (row.status, row.candidate_id, row.best_score) == (Status.UNKNOWN, None, None)


def test_what_was_said_keeps_the_name_beside_a_better_track_at_the_same_time() -> None:
    tracks = [make_track_row("t_1", end_s=4), make_track_row("t_2", start_s=1, end_s=3)]
    rows = {"t_1": make_embedding_row("t_1", template=ADA), "t_2": make_embedding_row("t_2", template=STRANGER)}
    notes = TrackNotes(corrections=TrackCorrections(persons={"t_2": "p_ada"}))

    found = build_sightings(tracks, rows, MeanMatcher(GALLERY), make_policy(), notes, 2.0)

    assert [(row.track_ids, row.status) for row in found] == [(("t_1",), Status.UNCERTAIN), (("t_2",), Status.KNOWN)]
