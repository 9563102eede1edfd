"""Sources are listed, and their start can be corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


def test_sources_say_who_vouches_for_their_start(facetrail: Run, record: Path) -> None:
    (source,) = facetrail("source", "list", "--json").json["sources"]

    assert (source["label"], source["start_ts"], source["clock"]) == ("door.mp4", "2026-03-02T08:00:00Z", "metadata")


def test_sightings_move_with_the_start_of_their_source(facetrail: Run, record: Path) -> None:
    said = facetrail("source", "set-start", "door.mp4", "2026-04-01T10:00", "--time-zone", "Europe/Berlin")

    assert said.code == 0
    first = facetrail("sightings", "--json").json["sightings"][0]
    assert (first["start_ts"], first["clock"]) == ("2026-04-01T08:00:00Z", "argument")


@pytest.mark.parametrize(("source", "when"), [("window.mp4", "2026-04-01T10:00"), ("door.mp4", "tomorrow-ish")])
def test_wrong_source_or_time_is_refused(facetrail: Run, record: Path, source: str, when: str) -> None:
    assert facetrail("source", "set-start", source, when).code == 2
