"""People: enrolled once, renamed and removed, and every version of the gallery kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.errors import InputError, NotFound
from pipeline.sightings.building.unknowns import unknown_id_for
from tests.builders_recording import ENCODER, make_reference
from tests.control_databases import open_database


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def people(control: Control) -> People:
    return People(control)


def test_nobody_is_enrolled_at_first(people: People) -> None:
    gallery = people.gallery(ENCODER)

    assert (people.list_people(), people.gallery_version(), gallery.person_ids) == ([], 0, ())
    assert gallery.references.shape == (0, 128)


def test_enrolled_person_is_in_the_gallery(people: People) -> None:
    people.enrol("Bob", [make_reference(1)])
    people.enrol("Ann", [make_reference(0), make_reference(0, picture="second")])

    gallery = people.gallery(ENCODER)

    assert dict(zip(gallery.person_names, np.bincount(gallery.owners), strict=True)) == {"Ann": 2, "Bob": 1}
    assert list(gallery.owners) == sorted(gallery.owners)


def test_picture_is_kept_as_a_file_named_by_its_content(control: Control, people: People) -> None:
    new = make_reference(0)

    person_id = people.enrol("Ann", [new]).person_id

    assert (control.data_dir / "people" / person_id / f"{new.image_sha256}.jpg").read_bytes() == new.image


def test_same_pictures_again_change_nothing(people: People) -> None:
    first = people.enrol("Ann", [make_reference(0)])

    again = people.enrol("Ann", [make_reference(0)])

    assert (again.added, again.known) == ((), first.added)
    assert again.gallery_version == first.gallery_version == 1


def test_same_picture_twice_in_one_call_counts_once(people: People) -> None:
    assert len(people.enrol("Ann", [make_reference(0), make_reference(0)]).added) == 1


def test_folder_of_people_is_one_version(people: People) -> None:
    results = people.enrol_all({"Ann": [make_reference(0)], "Bob": [make_reference(1)], "Cleo": []})

    assert {result.gallery_version for result in results} == {1}
    assert people.gallery(ENCODER).person_names == tuple(
        sorted(people.gallery(ENCODER).person_names, key=_id_of(people))
    )
    assert [person.name for person in people.list_people()] == ["Ann", "Bob", "Cleo"]


def _id_of(people: People):
    return {person.name: person.person_id for person in people.list_people()}.__getitem__


def test_old_version_can_be_had_again(people: People) -> None:
    people.enrol("Ann", [make_reference(0)])
    people.enrol("Ann", [make_reference(0, picture="second")])
    people.rename("Ann", "Anna")
    people.remove("Anna")

    sizes = [
        (people.gallery(ENCODER, version).person_names, len(people.gallery(ENCODER, version).owners))
        for version in range(5)
    ]

    assert sizes == [((), 0), (("Ann",), 1), (("Ann",), 2), (("Anna",), 2), ((), 0)]


def test_version_to_come_is_refused(people: People) -> None:
    with pytest.raises(NotFound, match="there are 0 to 0"):
        people.gallery(ENCODER, 1)


def test_id_follows_the_first_name_and_stays(people: People) -> None:
    before = people.enrol("Ann", [make_reference(0)]).person_id

    after = people.rename("Ann", "Anna")

    assert before == "p_17239b6e2501"
    assert (after.person_id, after.name) == (before, "Anna")
    assert people.person(before) == people.person("Anna")


def test_id_of_somebody_else_is_not_given_again(people: People) -> None:
    people.enrol("Ann", [make_reference(0)])
    people.rename("Ann", "Anna")

    assert people.enrol("Ann", [make_reference(1)]).person_id == "p_17239b6e2501-2"


def test_name_of_somebody_else_is_refused(people: People) -> None:
    people.enrol_all({"Ann": [], "Bob": []})

    with pytest.raises(InputError, match="somebody is called 'Bob' already"):
        people.rename("Ann", "Bob")


def test_unknown_person_lists_those_there_are(people: People) -> None:
    people.enrol_all({"Ann": [], "Bob": []})

    with pytest.raises(NotFound, match="nobody is called 'Cleo'; enrolled: Ann, Bob"):
        people.person("Cleo")


@pytest.mark.parametrize("name", ["", " ", "Ann ", "A\nnn", "x" * 201, "A\udcffn"])
def test_impossible_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(InputError, match="a person's name must"):
        people.enrol(name, [])


@pytest.mark.parametrize("name", [unknown_id_for(1), "Unknown-12345"])
def test_id_of_a_stranger_is_nobodys_name(people: People, name: str) -> None:
    people.enrol("Ann", [])

    with pytest.raises(InputError, match="like the id of a stranger"):
        people.rename("Ann", name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"embedding": np.ones(128, np.float32)},
        {"embedding": np.ones(128)},
        {"image_sha256": "../x"},
        {"image_suffix": "/.."},
    ],
)
def test_reference_checks_itself(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        replace(make_reference(0), **wrong)
