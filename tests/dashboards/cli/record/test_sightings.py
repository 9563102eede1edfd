"""The record answers who, where, when."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from tests.dashboards.cli.conftest import Run


def test_all_sightings_have_the_columns_of_the_record(facetrail: Run, record: Path) -> None:
    found = facetrail("sightings", "--json").json["sightings"]

    assert [row["person_name"] for row in found] == ["Ada", "unknown-0001", "Ada"]
    assert {"sighting_id", "person_id", "status", "start_ts", "media_start_s", "presence_s", "threshold"} <= set(
        found[0]
    )
    assert found[0]["start_ts"] == "2026-03-02T08:00:00Z"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "count"),
    [
        (["--person", "Ada"], 2),
        (["--person", "unknown-0001"], 1),
        (["--status", "unknown"], 1),
        (["--status", "known", "--status", "unknown"], 3),
        (["--source", "door.mp4"], 3),
        (["--source", "f_0123"], 3),
        (["--from", "2026-03-02T08:00:06"], 2),
        (["--to", "2026-03-02T08:00:06"], 1),
        (["--from", "2026-03-03"], 0),
        (["--from", "2026-03-02", "--to", "2026-03-02"], 3),
        (["--min-duration", "5s"], 0),
        (["--min-duration", "4"], 3),
    ],
)
def test_filters_leave_what_was_asked_for(facetrail: Run, record: Path, flags: list[str], count: int) -> None:
    assert len(facetrail("sightings", *flags, "--json").json["sightings"]) == count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--person", "Bob"], "Ada"),
        (["--source", "window.mp4"], "door.mp4"),
        (["--from", "soon"], "--from 'soon' is no day"),
        (["--min-duration", "long"], "'long' is no duration"),
        (["--time-zone", "Mars"], "time zone 'Mars' is unknown"),
        (["--from", "2026-03-03", "--to", "2026-03-01"], "ends before it begins"),
    ],
)
def test_wrong_filter_says_what_would_be_right(facetrail: Run, record: Path, flags: list[str], words: str) -> None:
    said = facetrail("sightings", *flags)

    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_table_shows_times_in_the_zone_asked_for(facetrail: Run, record: Path) -> None:
    said = facetrail("sightings", "--time-zone", "Europe/Berlin")

    assert "2026-03-02 09:00:00+01:00" in said.out


@pytest.mark.slow
def test_search_for_a_person_is_audited(facetrail: Run, record: Path) -> None:
    facetrail("sightings")
    facetrail("sightings", "--person", "Ada")
    facetrail("timeline", "Ada")

    control = open_control(record)
    searches = [(entry.action, entry.about) for entry in AuditLog(control).read() if entry.action != "enrol"]
    control.close()
    assert [action for action, _ in searches] == ["timeline", "sightings"]
    assert all(about.startswith("p_") for _, about in searches)


@pytest.mark.slow
def test_damaged_record_is_named(facetrail: Run, record: Path) -> None:
    (path,) = record.glob("sightings/date=*/source=*/*.parquet")
    path.write_bytes(b"no parquet")

    said = facetrail("sightings")

    assert said.code == 4
    assert path.name in said.err
