"""Many people in one go: one version, one audit row each, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import Control
from pipeline.control.gallery.moving import MovingPerson, enrol_moving, everybody
from pipeline.control.gallery.people import People
from pipeline.errors import InputError
from tests.builders_recording import ENCODER, make_reference
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def moving(name: str, *persons: int, person_id: str | None = None) -> MovingPerson:
    references = tuple(make_reference(place, picture=f"{name}{place}") for place in persons)
    return MovingPerson(name=name, references=references, person_id=person_id)


def enrol(control: Control, *people: MovingPerson, told: list[int] | None = None) -> tuple[int, int, int, int]:
    on_rows = (told if told is not None else []).append
    moved = enrol_moving(control, people, who="tester", detail="moved", on_rows=on_rows)
    return moved.gallery_version, moved.people_added, moved.references_added, moved.references_known


def test_nobody_moves_nothing(control: Control) -> None:
    assert enrol(control) == (0, 0, 0, 0)


def test_everybody_arrives_in_one_version(control: Control) -> None:
    told: list[int] = []

    assert enrol(control, moving("Ann", 0, 1), moving("Bob", 2), told=told) == (1, 2, 3, 0)

    assert (People(control).gallery(ENCODER).person_names, told) == (("Ann", "Bob"), [3])
    assert {(row.action, row.who, row.detail) for row in AuditLog(control).read()} == {("enrol", "tester", "moved")}


def test_ids_are_those_that_enrolling_would_give(control: Control, tmp_path: Path) -> None:
    enrol(control, moving("Ann", 0))

    assert People(control).person("Ann").person_id == "p_17239b6e2501"


def test_somebody_of_that_name_gets_the_references(control: Control) -> None:
    People(control).enrol("Ann", [make_reference(0)])

    assert enrol(control, moving("Ann", 1)) == (2, 0, 1, 0)
    assert len(People(control).person("Ann").references) == 2


def test_same_again_changes_nothing(control: Control) -> None:
    enrol(control, moving("Ann", 0))

    assert enrol(control, moving("Ann", 0)) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (moving("Anna", 0, person_id="p_17239b6e2501"), "p_17239b6e2501 is called 'Ann' here and 'Anna' there"),
        (moving("Ann", 0, person_id="p_000000000000"), "'Ann' is p_17239b6e2501 here and p_000000000000 there"),
        (moving("unknown-0001", 0), "must not be like the id of a stranger"),
    ],
)
def test_conflict_is_named_and_nobody_arrives(control: Control, person: MovingPerson, words: str) -> None:
    enrol(control, moving("Ann", 0))

    with pytest.raises(InputError, match=words):
        enrol(control, moving("Bob", 1), person)

    assert [known.name for known in People(control).list_people()] == ["Ann"]


def test_what_is_stored_comes_out_again(control: Control) -> None:
    new = make_reference(3)
    People(control).enrol_all({"Ann": [new], "Bob": []})

    ann, bob = sorted(everybody(control), key=lambda person: person.name)

    assert np.array_equal(ann.references[0].embedding, new.embedding)
    assert (ann.references[0].image_sha256, bob.references) == (new.image_sha256, ())
