"""Attendance as a table, as JSON and as CSV."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run

DAY = ["--from", "2026-03-02", "--to", "2026-03-02"]


def test_csv_goes_to_a_file(facetrail: Run, record: Path, tmp_path: Path) -> None:
    said = facetrail("attendance", *DAY, "--csv", tmp_path / "march.csv")

    assert (said.code, said.out) == (0, "")
    assert (tmp_path / "march.csv").read_text().splitlines() == [
        "day,person,first_seen,last_seen,presence_s,sightings,coverage",
        "2026-03-02,Ada,2026-03-02T08:00:00+00:00,2026-03-02T08:00:24+00:00,8.0,2,1.0",
    ]


def test_csv_may_go_to_stdout(facetrail: Run, record: Path) -> None:
    assert facetrail("attendance", *DAY, "--csv", "-").out.startswith("day,person")


def test_json_says_which_days_and_zone(facetrail: Run, record: Path) -> None:
    said = facetrail("attendance", *DAY, "--json", "--time-zone", "Asia/Tokyo").json

    assert (said["from"], said["time_zone"]) == ("2026-03-02", "Asia/Tokyo")
    assert said["attendance"][0]["person_name"] == "Ada"


def test_day_without_anybody_says_so(facetrail: Run, record: Path) -> None:
    assert "nobody known" in facetrail("attendance", "--from", "2026-03-05", "--to", "2026-03-05").out


def test_days_the_wrong_way_round_are_refused(facetrail: Run, record: Path) -> None:
    assert facetrail("attendance", "--from", "2026-03-05", "--to", "2026-03-04").code == 2


def test_file_that_cannot_be_written_is_named(facetrail: Run, record: Path) -> None:
    said = facetrail("attendance", *DAY, "--csv", "no/such/folder.csv")

    assert said.code == 2
    assert "no/such/folder.csv" in said.err
