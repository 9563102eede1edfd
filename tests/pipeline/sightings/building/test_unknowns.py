"""Unknown people told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.schemas import VectorF32
from pipeline.sightings.building.unknowns import UnknownGroups, UnknownPerson, group_unknowns, unknown_id_for
from pipeline.sightings.rows import TrackRow
from tests.builders import make_embedding_row, make_policy, make_track_row, make_vector

EVE, MAL = make_vector(5), make_vector(6)


def group(
    tracks: Sequence[TrackRow], looks: Sequence[VectorF32], people: Sequence[UnknownPerson] = (), next_number: int = 1
) -> UnknownGroups:
    rows = [make_embedding_row(track.track_id, template=vector) for track, vector in zip(tracks, looks, strict=True)]
    return group_unknowns(tracks, {row.track_id: row for row in rows}, people, make_policy(), next_number)


def track(number: int, *, start_s: float | None = None, n_useful: int = 5, best_quality: float = 0.8) -> TrackRow:
    begin = 10.0 * number if start_s is None else start_s
    return make_track_row(f"t_{number}", start_s=begin, end_s=begin + 4, n_useful=n_useful, best_quality=best_quality)


def test_nobody_unknown_changes_nothing() -> None:
    groups = group([], [])

    assert (groups.ids, groups.people) == ({}, ())


def test_ids_are_allotted_in_order_of_time() -> None:
    groups = group([track(2), track(1)], [EVE, MAL])

    assert groups.ids == {"t_1": "unknown-0001", "t_2": "unknown-0002"}
    assert [person.unknown_id for person in groups.people] == ["unknown-0001", "unknown-0002"]


def test_same_face_gets_the_same_id_and_moves_its_template() -> None:
    groups = group([track(1), track(2)], [EVE, make_vector(5, cosine=0.95)])

    assert groups.ids == {"t_1": "unknown-0001", "t_2": "unknown-0001"}
    [person] = groups.people
    assert person.n_tracks == 2
    assert float(person.template @ EVE) == pytest.approx(np.sqrt((1 + 0.95) / 2), abs=1e-6)


def test_somebody_met_in_another_run_keeps_the_id() -> None:
    groups = group([track(1)], [EVE], people=[UnknownPerson("unknown-0007", EVE, 3)], next_number=9)

    assert groups.ids == {"t_1": "unknown-0007"}
    assert [person.n_tracks for person in groups.people] == [4]


def test_new_numbers_go_on_after_the_last_one() -> None:
    assert group([track(1)], [MAL], [UnknownPerson("unknown-0007", EVE, 3)], 8).ids == {"t_1": "unknown-0008"}


def test_people_left_alone_are_not_handed_back() -> None:
    groups = group([track(1)], [MAL], people=[UnknownPerson("unknown-0001", EVE, 3)], next_number=2)

    assert [person.unknown_id for person in groups.people] == ["unknown-0002"]


def test_two_look_alikes_in_one_picture_are_two_people() -> None:
    groups = group([track(1, start_s=0), track(2, start_s=1)], [EVE, EVE])

    assert groups.ids == {"t_1": "unknown-0001", "t_2": "unknown-0002"}


@pytest.mark.parametrize("poor", [track(1, n_useful=1), track(1, best_quality=0.1)])
def test_poor_track_makes_no_new_person(poor: TrackRow) -> None:
    assert group([poor], [EVE]).ids == {}


@pytest.mark.parametrize("poor", [track(1, n_useful=1), track(1, best_quality=0.1)])
def test_poor_track_joins_a_person_met_later_without_teaching(poor: TrackRow) -> None:
    groups = group([poor, track(2)], [make_vector(5, cosine=0.95), EVE])

    assert groups.ids == {"t_1": "unknown-0001", "t_2": "unknown-0001"}
    np.testing.assert_array_equal(groups.people[0].template, EVE)


def test_track_without_embedding_stays_without_an_id() -> None:
    assert group_unknowns([track(1)], {}, [], make_policy(), 1).ids == {}


def test_numbers_grow_beyond_four_digits() -> None:
    assert [unknown_id_for(number) for number in (1, 9999, 10000)] == ["unknown-0001", "unknown-9999", "unknown-10000"]
