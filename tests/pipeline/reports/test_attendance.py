"""Attendance by local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import ReportRefused, SettingsError
from pipeline.reports.attendance import ATTENDANCE_COLUMNS, AttendanceRow, attendance_rows
from pipeline.schemas import RunKey
from pipeline.sightings.rows import Clock, CoverageRow, SightingRow, Status
from tests.builders import START, make_coverage_row, make_sighting

BERLIN, HAVANA, BEIRUT = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Havana"), ZoneInfo("Asia/Beirut")
DAY = date(2026, 3, 2)
OTHER = RunKey("f_other", "r_other")


def attendance(
    sightings: list[SightingRow], coverage: list[CoverageRow] | None = None, *, zone: ZoneInfo = BERLIN, day: date = DAY
) -> list[AttendanceRow]:
    """The days before and after `day` included."""
    return attendance_rows(sightings, coverage or [], zone, day - timedelta(days=1), day + timedelta(days=1))


def test_nobody_seen_is_an_empty_report() -> None:
    assert attendance([]) == []


def test_day_has_first_last_and_presence() -> None:
    rows = [make_sighting("s_1", seconds=60), make_sighting("s_2", start=START + timedelta(hours=8), seconds=30)]

    [row] = attendance(rows)

    assert (row.day, row.person_name, row.presence_s, row.n_sightings) == (DAY, "Ada", 90, 2)
    assert row.first_seen.isoformat() == "2026-03-02T09:00:00+01:00"
    assert row.last_seen.isoformat() == "2026-03-02T17:00:30+01:00"


@pytest.mark.parametrize("status", [Status.UNCERTAIN, Status.UNKNOWN])
def test_only_known_people_attend(status: Status) -> None:
    assert attendance([make_sighting(status=status)]) == []


def test_rows_are_sorted_by_day_and_name() -> None:
    rows = [
        make_sighting("s_1", start=START + timedelta(days=1)),
        make_sighting("s_2"),
        make_sighting("s_3", person="Abe"),
    ]

    assert [(row.day.day, row.person_name) for row in attendance(rows)] == [(2, "Abe"), (2, "Ada"), (3, "Ada")]


def test_days_outside_are_left_out() -> None:
    assert attendance([make_sighting(start=START + timedelta(days=2))]) == []


def test_overnight_sighting_is_split_at_local_midnight() -> None:
    start = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 23:30 in Berlin

    before, after = attendance([make_sighting(start=start, seconds=7200, presence_s=3600)])

    assert (before.day.day, before.last_seen.isoformat(), before.presence_s) == (2, "2026-03-03T00:00:00+01:00", 900)
    assert (after.day.day, after.first_seen.isoformat(), after.presence_s) == (3, "2026-03-03T00:00:00+01:00", 2700)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2026, 6, 1), 24),
        (BEIRUT, date(2026, 3, 29), 23),  # midnight itself is skipped
        (HAVANA, date(2026, 11, 1), 25),  # midnight comes twice
    ],
)
def test_days_are_as_long_as_the_time_zone_makes_them(zone: ZoneInfo, day: date, hours: int) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)

    rows = attendance([make_sighting(start=start, seconds=7 * 86400)], zone=zone, day=day)

    assert [row.presence_s / 3600 for row in rows if row.day == day] == [hours]


def test_sighting_that_ends_at_midnight_is_not_seen_on_the_next_day() -> None:
    [row] = attendance([make_sighting(start=datetime(2026, 3, 2, 22, tzinfo=UTC), seconds=3600)])

    assert row.day == DAY


def test_coverage_is_the_share_watched_by_the_sources_that_saw_the_person() -> None:
    coverage = [
        make_coverage_row(0, decoded=100, gated=200),
        make_coverage_row(1, decoded=100, gated=50, failed=150),
        make_coverage_row(2, decoded=0, run=OTHER),
    ]

    [row] = attendance([make_sighting()], coverage)

    assert row.coverage == 0.75


def test_coverage_counts_the_day_only() -> None:
    coverage = [make_coverage_row(0), make_coverage_row(24 * 60, decoded=0)]

    [row] = attendance([make_sighting()], coverage)

    assert row.coverage == 1.0


def test_coverage_is_none_when_nothing_is_recorded() -> None:
    [row] = attendance([make_sighting()])

    assert row.coverage is None


def test_modification_time_is_refused_with_the_remedy() -> None:
    with pytest.raises(ReportRefused, match=r"f_0123456789abcdef.*set-start.*--allow-mtime"):
        attendance([make_sighting(clock=Clock.MTIME)])


def test_modification_time_is_taken_when_told() -> None:
    assert len(attendance_rows([make_sighting(clock=Clock.MTIME)], [], BERLIN, DAY, DAY, allow_mtime=True)) == 1


def test_modification_time_on_other_days_is_no_hindrance() -> None:
    old = make_sighting("s_1", start=START - timedelta(days=900), clock=Clock.MTIME)

    assert len(attendance([old, make_sighting("s_2")])) == 1


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(SettingsError, match="lies after"):
        attendance_rows([], [], BERLIN, DAY, DAY - timedelta(days=1))


def test_cells_stand_under_their_columns() -> None:
    [row] = attendance([make_sighting(seconds=60.25)], [make_coverage_row(decoded=100, failed=200)])

    cells = dict(zip(ATTENDANCE_COLUMNS, row.cells(), strict=True))

    assert (cells["day"], cells["person"], cells["presence_s"], cells["coverage"]) == (DAY, "Ada", 60.2, 0.3333)
