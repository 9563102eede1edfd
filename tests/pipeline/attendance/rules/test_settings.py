"""The section `attendance:` of the settings."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from pipeline.attendance.rules.combining import combined, fixed_choices
from pipeline.attendance.rules.settings import (
    AttendanceSettings,
    HolidaySettings,
    RosterSettings,
    ShiftSettings,
    minutes_of,
)
from pipeline.config import load_settings
from pipeline.errors import SettingsError

YAML = """
attendance:
  least_coverage: 0.8
  shifts:
    office: {start: 09:00, end: 17:30, days: [mon, tue]}
    night: {start: 22:00, end: 06:00}
  roster:
    - {shift: office, people: [Ada], first_day: 2026-05-01}
  holidays:
    - {day: 2026-05-14, name: Ascension Day}
  codes: {Ada: HR-EMP-00001}
"""


@pytest.fixture
def from_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AttendanceSettings:
    """What a settings file says in which times stand without quotes, as people write them."""
    (tmp_path / "facetrail.yaml").write_text(YAML)
    monkeypatch.chdir(tmp_path)
    return load_settings().attendance


def test_times_without_quotes_are_times(from_yaml: AttendanceSettings) -> None:
    office, night = from_yaml.shifts["office"], from_yaml.shifts["night"]

    assert (office.begins_at, office.ends_at, office.is_overnight) == (time(9), time(17, 30), False)
    assert (night.begins_at, night.ends_at, night.is_overnight) == (time(22), time(6), True)


def test_days_are_days(from_yaml: AttendanceSettings) -> None:
    assert from_yaml.holidays == (HolidaySettings(day=date(2026, 5, 14), name="Ascension Day"),)
    assert from_yaml.roster == (RosterSettings(shift="office", people=("Ada",), first_day=date(2026, 5, 1)),)


def test_settings_reach_another_process(
    from_yaml: AttendanceSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = load_settings().environment()
    (tmp_path / "facetrail.yaml").unlink()
    monkeypatch.setenv("FACETRAIL_ATTENDANCE", environment["FACETRAIL_ATTENDANCE"])

    assert load_settings().attendance == from_yaml


@pytest.mark.parametrize(("clock", "minutes"), [("00:00", 0), ("9:05", 545), ("24:00", 1440), (1050, 1050)])
def test_clocks_are_minutes_after_midnight(clock: str | int, minutes: int) -> None:
    assert minutes_of(clock) == minutes


@pytest.mark.parametrize("clock", ["", "9", "25:00", "09:60", "noon", 1441, -1])
def test_what_is_no_clock_is_refused(clock: str | int) -> None:
    with pytest.raises(SettingsError, match="no time of day"):
        minutes_of(clock)


def test_shift_without_length_is_refused() -> None:
    with pytest.raises(SettingsError, match="no length"):
        ShiftSettings(start="09:00", end=540)


def test_file_and_page_are_joined() -> None:
    file = AttendanceSettings(shifts={"a": ShiftSettings(start="09:00", end="17:00")}, least_coverage=0.5)
    page = AttendanceSettings(
        shifts={"b": ShiftSettings(start="09:00", end="17:00")}, least_coverage=0.7, same_visit_s=5.0
    )

    both = combined(file, page)

    assert (sorted(both.shifts), both.least_coverage, both.same_visit_s) == (["a", "b"], 0.5, 5.0)
    assert fixed_choices(file) == {"least_coverage"}


def test_shift_in_both_is_refused() -> None:
    one = AttendanceSettings(shifts={"office": ShiftSettings(start="09:00", end="17:00")})

    with pytest.raises(SettingsError, match="office is in the settings file and was set on the page"):
        combined(one, one)
