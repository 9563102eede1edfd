"""The past learns who is enrolled now."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from tests.builders_recording import make_reference
from tests.dashboards.cli.conftest import Run


def test_unchanged_gallery_changes_nothing(facetrail: Run, record: Path) -> None:
    (source,) = facetrail("relabel", "--json").json["sources"]

    assert (source["n_sightings"], source["n_changed"]) == (3, 0)


def test_stranger_who_is_enrolled_later_is_named(facetrail: Run, record: Path) -> None:
    control = open_control(record)
    People(control).enrol("Bob", [make_reference(1)])
    control.close()

    (source,) = facetrail("relabel", "--json").json["sources"]

    assert source["n_changed"] == 1
    assert len(facetrail("sightings", "--person", "Bob", "--json").json["sightings"]) == 1


def test_sightings_of_a_removed_person_are_nobodys_name(facetrail: Run, record: Path) -> None:
    facetrail("people", "remove", "Ada")

    facetrail("relabel")

    names = {row["person_name"] for row in facetrail("sightings", "--json").json["sightings"]}
    assert "Ada" not in names


@pytest.mark.slow
@pytest.mark.parametrize("method", ["knn", "linear-svm"])
def test_past_is_named_by_the_method_that_is_set(facetrail: Run, record: Path, method: str) -> None:
    control = open_control(record)
    People(control).enrol("Bob", [make_reference(1)])
    control.close()

    (source,) = facetrail("relabel", "--json", FACETRAIL_IDENTITY__METHOD=method).json["sources"]

    assert (source["n_sightings"], source["n_changed"]) == (3, 1)


def test_method_that_cannot_be_had_is_refused_before_anything_changes(
    facetrail: Run, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)

    said = facetrail("relabel", FACETRAIL_IDENTITY__METHOD="linear-svm")

    assert (said.code, facetrail("relabel").code) == (2, 0)
    assert "facetrail[heads]" in said.err
