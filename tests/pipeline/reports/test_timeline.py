"""Everybody's presence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline.reports.timeline import presence_by_person
from pipeline.schemas import RunKey
from pipeline.sightings.rows import Status
from tests.builders import RUN, START, make_sighting

LATER = START + timedelta(minutes=5)
OTHER = RunKey("f_other", "r_other")


def test_nothing_seen_is_nobodys_presence() -> None:
    assert presence_by_person([]) == []


def test_presence_is_summed_per_person() -> None:
    rows = [make_sighting("s_1", seconds=10), make_sighting("s_2", start=LATER, seconds=20, run=OTHER)]

    [ada] = presence_by_person(rows)

    assert (ada.person_name, ada.n_sightings, ada.presence_s) == ("Ada", 2, 30)
    assert (ada.first_seen, ada.last_seen) == (START, LATER + timedelta(seconds=20))
    assert ada.sources == (RUN.source_id, "f_other")


def test_known_people_come_first_and_nobody_is_left_out() -> None:
    unknown = make_sighting("s_1", person="unknown-0001", status=Status.UNKNOWN)

    people = presence_by_person([unknown, make_sighting("s_2", person="Zoe"), make_sighting("s_3", person="Bob")])

    assert [one.person_name for one in people] == ["Bob", "Zoe", "unknown-0001"]


def test_sightings_of_nobody_are_nobodys_presence() -> None:
    assert presence_by_person([make_sighting(person=None, status=Status.UNCERTAIN)]) == []


def test_renamed_person_carries_the_latest_name() -> None:
    married = replace(make_sighting("s_2", start=LATER), person_name="Ada Lovelace")

    [ada] = presence_by_person([married, make_sighting("s_1")])

    assert (ada.person_name, ada.n_sightings) == ("Ada Lovelace", 2)
