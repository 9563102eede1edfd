"""Sightings out of tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pytest

from pipeline.identity.matchers.matching import Gallery, MeanMatcher
from pipeline.schemas import RunKey, VectorF32
from pipeline.sightings.building.building import NO_NOTES, TrackNotes, build_sightings
from pipeline.sightings.rows import EmbeddingRow, SightingRow, Status, TrackRow
from tests.builders import START, make_embedding_row, make_gallery, make_policy, make_track_row, make_vector

GALLERY = make_gallery("Ada", "Bob")
ADA, BOB, STRANGER = make_vector(0), make_vector(1), make_vector(9)
ADA_UNSURE = make_vector(0, cosine=0.85)


def build(
    tracks: Sequence[TrackRow],
    looks: Mapping[str, VectorF32],
    *,
    gallery: Gallery = GALLERY,
    unknown_ids: Mapping[str, str] | None = None,
) -> list[SightingRow]:
    embeddings = {track_id: make_embedding_row(track_id, template=vector) for track_id, vector in looks.items()}
    notes = TrackNotes(unknown_ids=unknown_ids or {})
    return build_sightings(tracks, embeddings, MeanMatcher(gallery), make_policy(), notes, absence_timeout_s=2.0)


def test_no_tracks_no_sightings() -> None:
    assert build([], {}) == []


def test_known_track_becomes_a_named_sighting() -> None:
    [row] = build([make_track_row("t_1", start_s=3, end_s=7)], {"t_1": ADA})

    assert (row.sighting_id, row.person_id, row.person_name, row.status) == ("s_1", "p_ada", "Ada", Status.KNOWN)
    assert (row.start_ts, row.end_ts) == (START + timedelta(seconds=3), START + timedelta(seconds=7))
    assert (row.media_start_s, row.media_end_s, row.presence_s, row.track_ids) == (3, 7, 4, ("t_1",))
    assert (row.candidate_id, row.second_person_id, row.margin) == ("p_ada", "p_bob", 1.0)
    assert (row.best_score, row.threshold, row.encoder, row.gallery_version) == (1.0, 0.9, "dlib-resnet", 1)


@pytest.mark.parametrize(("start_s", "n_sightings"), [(5.9, 1), (6.0, 1), (6.1, 2)])
def test_tracks_of_one_person_join_up_to_the_absence_timeout(start_s: float, n_sightings: int) -> None:
    tracks = [make_track_row("t_1", end_s=4), make_track_row("t_2", start_s=start_s, end_s=9)]

    assert len(build(tracks, {"t_1": ADA, "t_2": ADA})) == n_sightings


def test_presence_leaves_out_the_gaps() -> None:
    tracks = [make_track_row("t_1", end_s=4), make_track_row("t_2", start_s=5, end_s=9)]

    [row] = build(tracks, {"t_1": ADA, "t_2": ADA})

    assert (row.media_end_s - row.media_start_s, row.presence_s, row.track_ids) == (9, 8, ("t_1", "t_2"))


def test_another_person_in_between_parts_nothing() -> None:
    tracks = [make_track_row(f"t_{n}", start_s=2 * n, end_s=2 * n + 1) for n in range(3)]

    rows = build(tracks, {"t_0": ADA, "t_1": BOB, "t_2": ADA}, gallery=GALLERY)

    assert [(row.person_name, row.track_ids) for row in rows] == [
        ("Ada", ("t_0",)),
        ("Bob", ("t_1",)),
        ("Ada", ("t_2",)),
    ]


def test_short_track_between_two_long_ones_does_not_end_the_visit() -> None:
    tracks = [
        make_track_row("t_1", end_s=10),
        make_track_row("t_2", start_s=3, end_s=4),
        make_track_row("t_3", start_s=11, end_s=12),
    ]
    ids = dict.fromkeys(("t_1", "t_2", "t_3"), "unknown-0001")

    [row] = build(tracks, dict.fromkeys(ids, STRANGER), unknown_ids=ids)

    assert (row.media_end_s, row.presence_s) == (12, 11)


def test_runs_are_not_joined() -> None:
    other = RunKey("f_other", "r_other")
    tracks = [make_track_row("t_1"), make_track_row("t_2", start_s=5, end_s=6, run=other)]

    assert len(build(tracks, {"t_1": ADA, "t_2": ADA})) == 2


def test_uncertain_tracks_stay_alone_and_name_nobody() -> None:
    tracks = [make_track_row("t_1", end_s=1), make_track_row("t_2", start_s=2, end_s=3)]

    rows = build(tracks, {"t_1": ADA_UNSURE, "t_2": ADA_UNSURE})

    assert [(row.status, row.person_id, row.person_name, row.candidate_id) for row in rows] == [
        (Status.UNCERTAIN, None, None, "p_ada")
    ] * 2


def test_uncertain_track_beside_a_known_one_becomes_part_of_its_sighting() -> None:
    tracks = [make_track_row("t_1", end_s=1), make_track_row("t_2", start_s=2, end_s=3)]

    [row] = build(tracks, {"t_1": ADA, "t_2": ADA_UNSURE})

    assert (row.status, row.person_name, row.track_ids) == (Status.KNOWN, "Ada", ("t_1", "t_2"))
    assert row.best_score == 1.0
    assert row.mean_score == pytest.approx((1 + 1 + 0.85 + 0.85) / 4, abs=1e-6)


def test_unknown_tracks_join_by_their_unknown_id() -> None:
    tracks = [make_track_row("t_1", end_s=1), make_track_row("t_2", start_s=2, end_s=3)]
    ids = {"t_1": "unknown-0001", "t_2": "unknown-0001"}

    [row] = build(tracks, {"t_1": STRANGER, "t_2": STRANGER}, unknown_ids=ids)

    assert (row.person_id, row.person_name, row.status) == ("unknown-0001", "unknown-0001", Status.UNKNOWN)


def test_unknown_tracks_without_an_id_stay_alone() -> None:
    tracks = [make_track_row("t_1", end_s=1), make_track_row("t_2", start_s=2, end_s=3)]

    rows = build(tracks, {"t_1": STRANGER})

    assert [(row.status, row.person_id, row.best_score) for row in rows] == [
        (Status.UNKNOWN, None, 0.0),
        (Status.UNKNOWN, None, None),
    ]


def test_enrolling_somebody_later_turns_their_unknown_sightings_into_theirs() -> None:
    tracks, ids = [make_track_row("t_1")], {"t_1": "unknown-0001"}

    [before] = build(tracks, {"t_1": BOB}, gallery=make_gallery("Ada"), unknown_ids=ids)
    [after] = build(tracks, {"t_1": BOB}, gallery=make_gallery("Ada", "Bob", version=2), unknown_ids=ids)

    assert (before.person_name, before.gallery_version) == ("unknown-0001", 1)
    assert (after.person_name, after.gallery_version, after.sighting_id) == ("Bob", 2, before.sighting_id)


def test_picture_and_box_come_from_the_best_face() -> None:
    box = (0.3, 0.3, 0.2, 0.3)
    tracks = [
        make_track_row("t_1", end_s=1, best_quality=0.4),
        make_track_row("t_2", start_s=2, end_s=3, best_quality=0.9, box_xywh=box),
    ]

    [row] = build(tracks, {"t_1": ADA, "t_2": ADA})

    assert (row.thumb_ref, row.box_xywh) == (tracks[1].thumb_ref, box)


def test_sightings_do_not_depend_on_the_order_of_tracks() -> None:
    rng = np.random.default_rng(3)
    tracks = [
        make_track_row(f"t_{n:02d}", start_s=float(s), end_s=float(s) + 2) for n, s in enumerate(rng.uniform(0, 60, 30))
    ]
    looks = {track.track_id: make_vector(n % 3, cosine=0.8 + 0.2 * rng.random()) for n, track in enumerate(tracks)}
    shuffled = [tracks[place] for place in rng.permutation(len(tracks))]

    assert build(tracks, looks) == build(shuffled, looks)


def test_every_track_is_in_exactly_one_sighting() -> None:
    rng = np.random.default_rng(4)
    tracks = [
        make_track_row(f"t_{n:02d}", start_s=float(s), end_s=float(s) + 2) for n, s in enumerate(rng.uniform(0, 60, 40))
    ]
    looks = {track.track_id: make_vector(n % 4, cosine=0.7 + 0.3 * rng.random()) for n, track in enumerate(tracks)}

    rows = build(tracks, looks)

    assert sorted(track_id for row in rows for track_id in row.track_ids) == sorted(looks)
    assert all(
        row.start_ts <= row.end_ts and row.presence_s <= row.media_end_s - row.media_start_s + 1e-6 for row in rows
    )


def test_embedding_rows_hold_several_looks() -> None:
    best = np.stack([make_vector(0, cosine=0.99), make_vector(0, cosine=0.8)])
    row = EmbeddingRow(track_id="t_1", run_id="r_1", template=make_vector(0, cosine=0.94), best_embeddings=best)

    [sighting] = build_sightings(
        [make_track_row("t_1")], {"t_1": row}, MeanMatcher(GALLERY), make_policy(), NO_NOTES, 2.0
    )

    assert sighting.best_score == pytest.approx(0.99, abs=1e-6)
    assert sighting.mean_score == pytest.approx((0.94 + 0.99 + 0.8) / 3, abs=1e-6)
