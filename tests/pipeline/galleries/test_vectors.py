"""People from vectors alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError, NotFound
from pipeline.galleries.lmdb_store import StoreEntry
from pipeline.galleries.vectors import Duplicate, Refused, people_of, read_names
from tests.builders import make_vector


def entry(key: str, person: int) -> StoreEntry:
    return StoreEntry(key, make_vector(person))


def test_no_entries_are_nobody() -> None:
    found = people_of([], {}, "sface")

    assert (found.people, found.refused, found.duplicates) == ((), (), ())


def test_people_are_named_by_the_list_or_by_their_key() -> None:
    found = people_of([entry("1", 0), entry("2", 1), entry("3", 2)], {"1": "Ann", "3": "Ann"}, "sface")

    assert [(person.name, len(person.references)) for person in found.people] == [("Ann", 2), ("id-2", 1)]
    assert {reference.image_suffix for person in found.people for reference in person.references} == {""}


def test_entries_that_cannot_be_used_are_listed_and_the_rest_counts() -> None:
    found = people_of([StoreEntry("1", None, "it is all zero"), entry("2", 0)], {}, "sface")

    assert found.refused == (Refused("1", "it is all zero"),)
    assert [person.name for person in found.people] == ["id-2"]


def test_duplicates_are_said_and_count_once_a_person() -> None:
    found = people_of([entry("1", 0), entry("2", 0), entry("3", 0)], {"1": "Ann", "2": "Ann"}, "sface")

    assert found.duplicates == (Duplicate("2", "1", True), Duplicate("3", "1", False))
    assert [(person.name, len(person.references)) for person in found.people] == [("Ann", 1), ("id-3", 1)]


def test_progress_is_told() -> None:
    told: list[int] = []

    people_of([entry("1", 0), entry("2", 1)], {}, "sface", told.append)

    assert told == [1, 2]


@pytest.mark.parametrize(
    "text", ["1,Ann\n2, Bob \n", "id,name\n1,Ann\n2,Bob\n", '\ufeffid,name\r\n1,Ann\r\n2,"Bob"\r\n']
)
def test_names_are_read_with_and_without_a_heading(tmp_path: Path, text: str) -> None:
    (tmp_path / "names.csv").write_text(text)

    assert read_names(tmp_path / "names.csv") == {"1": "Ann", "2": "Bob"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,Ann\nx,Bob\n", "line 2: expected a decimal id"),
        ("1\n", "line 1: expected a decimal id"),
        ("1,Ann\n1,Bob\n", "line 2: 1 is called 'Ann' above and 'Bob' here"),
        ("1,unknown-0001\n", "line 1: a person's name must not be like"),
        ("1,\n", "line 1: a person's name must not be empty"),
    ],
)
def test_line_at_fault_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "names.csv").write_text(text)

    with pytest.raises(InputError, match=words):
        read_names(tmp_path / "names.csv")


def test_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"names\.csv"):
        read_names(tmp_path / "names.csv")
