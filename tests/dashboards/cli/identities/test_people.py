"""Who is enrolled can be listed, renamed and removed."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run


def test_people_are_listed_with_their_pictures(facetrail: Run, record: Path) -> None:
    (ada,) = facetrail("people", "list", "--json").json["people"]

    assert (ada["name"], len(ada["references"])) == ("Ada", 1)


def test_renamed_person_keeps_the_id(facetrail: Run, record: Path) -> None:
    (before,) = facetrail("people", "list", "--json").json["people"]

    after = facetrail("people", "rename", "Ada", "Ada Lovelace", "--json").json["person"]

    assert (after["person_id"], after["name"]) == (before["person_id"], "Ada Lovelace")


def test_removed_person_is_gone(facetrail: Run, record: Path) -> None:
    assert facetrail("people", "remove", "Ada").code == 0
    assert facetrail("people", "list", "--json").json["people"] == []


def test_unknown_person_is_refused_with_those_there_are(facetrail: Run, record: Path) -> None:
    said = facetrail("people", "remove", "Bob")

    assert said.code == 2
    assert "Ada" in said.err


def test_people_without_a_command_lists(facetrail: Run, record: Path) -> None:
    assert [person["name"] for person in facetrail("people", "--json").json["people"]] == ["Ada"]
    assert "Ada" in facetrail("people").out


def test_option_before_the_command_is_not_lost_silently(facetrail: Run, record: Path) -> None:
    said = facetrail("people", "--data", "elsewhere", "list")

    assert said.code == 2
    assert "after the command" in said.err
