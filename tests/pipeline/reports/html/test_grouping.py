"""Sightings are grouped by person: the known first."""

from __future__ import annotations

from datetime import timedelta

from pipeline.reports.html.grouping import POORLY, UNCERTAIN, group_sightings, hues_of
from pipeline.sightings.rows import Status
from tests.builders import START, make_sighting


def test_nobody_seen_makes_no_group() -> None:
    assert group_sightings([]) == ()


def test_known_come_first_then_uncertain_then_unknown() -> None:
    rows = [
        make_sighting("s_1", person=None, status=Status.UNKNOWN),
        make_sighting("s_2", person="unknown-0001", status=Status.UNKNOWN),
        make_sighting("s_3", person=None, status=Status.UNCERTAIN),
        make_sighting("s_4", person="Bob"),
        make_sighting("s_5", person="Ada"),
    ]

    assert [group.label for group in group_sightings(rows)] == ["Ada", "Bob", UNCERTAIN, "unknown-0001", POORLY]


def test_sightings_of_one_person_are_in_order_of_time() -> None:
    late = make_sighting("s_1", start=START + timedelta(seconds=30), presence_s=2.0)
    early = make_sighting("s_2", start=START, presence_s=3.0)

    (group,) = group_sightings([late, early])

    assert group.sightings == (early, late)
    assert group.presence_s == 5.0


def test_moments_that_two_sources_saw_count_once() -> None:
    one = make_sighting("s_1", seconds=4.0)
    other = make_sighting("s_2", start=START + timedelta(seconds=2), seconds=4.0)

    (group,) = group_sightings([one, other])

    assert group.presence_s == 6.0


def test_neighbours_have_colours_of_their_own() -> None:
    groups = group_sightings([make_sighting(f"s_{name}", person=name) for name in "abcdefgh"])

    assert len(set(hues_of(groups).values())) == 8
