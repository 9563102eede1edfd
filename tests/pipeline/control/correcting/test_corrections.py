"""What people said of tracks: the latest word counts, and what was undone never does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.control.correcting.changes import Changes
from pipeline.control.correcting.corrections import Corrections, Said, TrackSaid
from pipeline.control.database import Control
from pipeline.errors import InputError
from pipeline.sightings.building.corrections import NO_CORRECTIONS, TrackCorrections
from tests.control_databases import open_database

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def say(control: Control, verdict: Said, person_id: str | None = None, *, source_id: str = "door") -> int:
    said = TrackSaid(source_id=source_id, track_ids=("t_1",), verdict=verdict, person_id=person_id)
    return Corrections(control).say(said, who="ada")


def today(control: Control) -> TrackCorrections:
    return Corrections(control).of_source("door")


def test_nothing_was_said(control: Control) -> None:
    assert today(control) == NO_CORRECTIONS


def test_each_source_has_its_own(control: Control) -> None:
    say(control, Said.NOT_A_FACE, source_id="gate")

    assert today(control) == NO_CORRECTIONS


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([(Said.IS, "p_a"), (Said.IS, "p_b")], TrackCorrections(persons={"t_1": "p_b"})),
        ([(Said.IS, "p_a"), (Said.IS_NOT, "p_a")], TrackCorrections(denied={"t_1": frozenset({"p_a"})})),
        ([(Said.IS_NOT, "p_a"), (Said.IS, "p_a")], TrackCorrections(persons={"t_1": "p_a"})),
        ([(Said.NOT_A_FACE, None), (Said.IS, "p_a")], TrackCorrections(persons={"t_1": "p_a"})),
        ([(Said.NOT_A_FACE, None)], TrackCorrections(not_faces=frozenset({"t_1"}))),
    ],
)
def test_latest_word_counts(control: Control, words: list[tuple[Said, str | None]], expected: TrackCorrections) -> None:
    for verdict, person_id in words:
        say(control, verdict, person_id)

    assert today(control) == expected


def test_undone_word_never_counts_and_the_one_before_does_again(control: Control) -> None:
    say(control, Said.IS, "p_a")
    change_id = say(control, Said.IS, "p_b")

    Changes(control).undo(change_id, NOW)

    assert today(control) == TrackCorrections(persons={"t_1": "p_a"})
    assert [said.person_id for said in Corrections(control).of_tracks(["t_1"])] == ["p_a"]


def test_nothing_is_undone_twice(control: Control) -> None:
    change_id = say(control, Said.NOT_A_FACE)
    Changes(control).undo(change_id, NOW)

    with pytest.raises(InputError, match="undone before"):
        Changes(control).undo(change_id, NOW)
