"""Unknown people from the command line: listed, merged, ignored, and everything taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


def listed(facetrail: Run, *flags: str) -> list[str]:
    return [row["unknown_id"] for row in facetrail("unknowns", "list", "--json", *flags).json["unknowns"]]


def test_unknown_people_are_listed_with_whom_they_may_be(facetrail: Run, record: Path) -> None:
    (row,) = facetrail("unknowns", "--json").json["unknowns"]

    assert (row["unknown_id"], row["n_sightings"]) == ("unknown-0001", 1)
    assert (row["nearest"]["name"], row["is_likely"], row["same_as"]) == ("Ada", False, [])


@pytest.mark.slow
def test_ignored_ones_are_out_of_the_list_until_that_is_undone(facetrail: Run, record: Path) -> None:
    change_id = facetrail("unknowns", "ignore", "unknown-0001", "--json").json["change_id"]
    assert (listed(facetrail), listed(facetrail, "--ignored")) == ([], ["unknown-0001"])

    facetrail("unknowns", "undo", change_id)

    assert listed(facetrail) == ["unknown-0001"]


@pytest.mark.slow
def test_what_is_no_face_leaves_the_record_until_that_is_undone(facetrail: Run, record: Path) -> None:
    done = facetrail("unknowns", "not-a-face", "unknown-0001", "--json").json
    assert (done["n_changed"], len(facetrail("sightings", "--json").json["sightings"])) == (1, 2)

    facetrail("unknowns", "undo", done["change_id"])

    assert len(facetrail("sightings", "--json").json["sightings"]) == 3


def test_somebody_who_is_not_there_is_told(facetrail: Run, record: Path) -> None:
    said = facetrail("unknowns", "ignore", "unknown-0099")

    assert (said.code != 0, "unknown-0099" in said.err) == (True, True)
