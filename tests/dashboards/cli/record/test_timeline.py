"""Who was there when."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


@pytest.mark.slow
def test_everybody_has_one_line(facetrail: Run, record: Path) -> None:
    people = facetrail("timeline", "--json").json["people"]

    assert [(one["person_name"], one["n_sightings"], one["presence_s"]) for one in people] == [
        ("Ada", 2, 8.0),
        ("unknown-0001", 1, 4.0),
    ]


@pytest.mark.slow
def test_one_person_has_their_visits(facetrail: Run, record: Path) -> None:
    visits = facetrail("timeline", "Ada", "--json").json["sightings"]

    assert [visit["media_start_s"] for visit in visits] == [0.0, 20.0]


@pytest.mark.slow
def test_nobody_in_that_time_is_said(facetrail: Run, record: Path) -> None:
    assert "nobody was seen" in facetrail("timeline", "--from", "2027-01-01").out
