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


SHIFTS = """
time_zone: UTC
attendance:
  shifts:
    early: {start: "08:00", end: "12:00", late_grace_min: 5}
  roster: [{shift: early, first_day: 2026-03-01}]
  codes: {Ada: HR-EMP-00001}
"""


def test_shifts_of_the_settings_make_the_daily_report(facetrail: Run, record: Path, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text(SHIFTS)

    said = facetrail("attendance", *DAY, "--csv", "-", "--xlsx", tmp_path / "march.xlsx")

    header, row = said.out.splitlines()
    assert header.startswith("day,person,code,shift,")
    assert row.startswith("2026-03-02,Ada,HR-EMP-00001,early,2026-03-02T08:00:00+00:00,")
    assert (tmp_path / "march.xlsx").read_bytes().startswith(b"PK")


def test_check_ins_are_as_hrms_imports_them(facetrail: Run, record: Path, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text(SHIFTS)

    said = facetrail("attendance", "--month", "2026-03", "--shape", "hrms", "--csv", "-")

    assert said.out.splitlines()[:2] == [
        "Employee,Time,Log Type,Location / Device ID",
        f"HR-EMP-00001,2026-03-02 08:00:00,IN,{said.out.splitlines()[1].split(',')[3]}",
    ]


def test_month_and_days_at_once_are_refused(facetrail: Run, record: Path) -> None:
    assert facetrail("attendance", "--month", "2026-03", "--to", "2026-03-04").code == 2


def test_shift_that_there_is_not_is_named(facetrail: Run, record: Path) -> None:
    said = facetrail("attendance", *DAY, "--shift", "late")

    assert (said.code, "no such shift" in said.err) == (2, True)
