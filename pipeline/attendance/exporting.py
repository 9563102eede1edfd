"""Attendance as tables for other programs: daily report, check-ins for Frappe HRMS, plain punches, a month as a grid.

The columns of check-ins are the labels by which HRMS's data import knows the fields of its Employee Checkin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.attendance.rows import AttendanceDay, DayStatus
from pipeline.reports.spreadsheet import Cell

DAILY_COLUMNS = (
    "day",
    "person",
    "code",
    "shift",
    "shift_start",
    "shift_end",
    "status",
    "first_in",
    "last_out",
    "working_hours",
    "presence_hours",
    "late_min",
    "early_min",
    "coverage",
    "in_source",
    "out_source",
    "sightings",
    "note",
)
SEEN_COLUMNS = ("day", "person", "first_seen", "last_seen", "presence_s", "sightings", "coverage")
HRMS_COLUMNS = ("Employee", "Time", "Log Type", "Location / Device ID")
PUNCH_COLUMNS = ("person", "code", "time", "direction", "device")
TOTAL_COLUMNS = (
    "days_present",
    "days_absent",
    "days_leave",
    "days_no_data",
    "days_late",
    "days_early",
    "working_hours",
)
"""What stands behind the days of a grid."""


class Shape(StrEnum):
    """What a table is for."""

    DAILY = "daily"  # one row a person and day
    HRMS = "hrms"  # one row a check-in or check-out, as Frappe HRMS imports them
    PUNCHES = "punches"  # the same, plain
    MONTH = "month"  # one row a person, one column a day
    WEEK = "week"  # the same, with the times of check-in and check-out


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many days of somebody were of which kind, as a grid shows them."""

    present: float
    """A half day is half of one."""
    absent: int
    leave: int
    no_data: int
    late: int
    early: int
    working_hours: float


def exported(rows: Sequence[AttendanceDay], shape: Shape, *, days: Sequence[date], labels: Mapping[str, str]) -> Table:
    """The rows as a table; `labels` names the sources by their ids."""
    if shape in {Shape.MONTH, Shape.WEEK}:
        return grid_table(rows, days, cell_letter if shape is Shape.MONTH else cell_times)
    if shape is Shape.DAILY:
        return Table(DAILY_COLUMNS, tuple(_daily(row, labels) for row in rows))
    if shape is Shape.HRMS:
        return Table(HRMS_COLUMNS, _checkins(rows, labels))
    return Table(PUNCH_COLUMNS, tuple(punch for row in rows for punch in _plain(row, labels)))


def seen_table(rows: Iterable[AttendanceDay]) -> Table:
    """Who was seen when, without any judgement; days on which somebody was not seen are left out."""
    return Table(SEEN_COLUMNS, tuple(_seen(row) for row in rows if row.n_sightings))


def by_person(rows: Iterable[AttendanceDay]) -> dict[tuple[str, str, str], dict[date, AttendanceDay]]:
    """(name, code, id) -> day -> row; by name and id."""
    grouped: dict[tuple[str, str, str], dict[date, AttendanceDay]] = {}
    for row in sorted(rows, key=lambda row: (row.person_name.casefold(), row.person_id)):
        grouped.setdefault((row.person_name, row.code, row.person_id), {})[row.day] = row
    return grouped


def totals_of(rows: Iterable[AttendanceDay]) -> Totals:
    """The totals of one person's days."""
    found = list(rows)
    numbers = Counter(row.status for row in found)
    return Totals(
        present=numbers[DayStatus.PRESENT] + numbers[DayStatus.HALF_DAY] / 2,
        absent=numbers[DayStatus.ABSENT],
        leave=numbers[DayStatus.LEAVE],
        no_data=numbers[DayStatus.NO_DATA],
        late=sum(row.is_late for row in found),
        early=sum(row.is_early for row in found),
        working_hours=round(sum(row.working_s for row in found) / 3600, 2),
    )


def cell_letter(row: AttendanceDay) -> str:
    """`P`, `P +12` for twelve minutes late, `A`."""
    return f"{row.status.letter} +{row.late_s / 60:.0f}" if row.is_late else row.status.letter


def cell_times(row: AttendanceDay) -> str:
    """`P 09:02-17:05`."""
    times = [f"{at:%H:%M}" for at in (row.first_in, row.last_out) if at is not None]
    return f"{row.status.letter} {'-'.join(times)}".strip()


def grid_table(rows: Iterable[AttendanceDay], days: Sequence[date], cell: Callable[[AttendanceDay], str]) -> Table:
    """One row a person: a cell a day, then the totals."""
    header = ("person", "code", *(day.isoformat() for day in days), *TOTAL_COLUMNS)
    return Table(header, tuple(_grid_row(who[:2], own, days, cell) for who, own in by_person(rows).items()))


def without_code(rows: Iterable[AttendanceDay]) -> list[str]:
    """The names of those whom HRMS would not know: their names stand in the place of their codes."""
    return sorted({row.person_name for row in rows if row.punches and not row.code})


def remarks(row: AttendanceDay) -> str:
    """What is to be said of a row in words."""
    doubts = [
        text
        for is_doubtful, text in (
            (row.is_late_doubtful, "cannot tell whether late"),
            (row.is_early_doubtful, "cannot tell whether early"),
        )
        if is_doubtful
    ]
    return "; ".join(part for part in (*doubts, row.note) if part)


def _seen(row: AttendanceDay) -> tuple[Cell, ...]:
    coverage = None if row.coverage is None else round(row.coverage, 4)
    seen = (_whole(row.first_seen), _whole(row.last_seen))
    return (row.day, row.person_name, *seen, round(row.presence_s, 1), row.n_sightings, coverage)


def _daily(row: AttendanceDay, labels: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        row.day,
        row.person_name,
        row.code,
        row.shift,
        _whole(row.shift_start),
        _whole(row.shift_end),
        row.status.value,
        _whole(row.first_in),
        _whole(row.last_out),
        round(row.working_s / 3600, 2),
        round(row.presence_s / 3600, 2),
        None if row.is_late_doubtful else round(row.late_s / 60, 1),
        None if row.is_early_doubtful else round(row.early_s / 60, 1),
        None if row.coverage is None else round(row.coverage, 4),
        _label(row.in_source, labels),
        _label(row.out_source, labels),
        row.n_sightings,
        remarks(row),
    )


def _hrms(row: AttendanceDay, labels: Mapping[str, str]) -> Iterable[tuple[Cell, ...]]:
    """HRMS takes times of its site's zone without an offset, to the second."""
    for punch in row.punches:
        at = f"{punch.at:%Y-%m-%d %H:%M:%S}"
        yield (row.code or row.person_name, at, punch.direction.value, _label(punch.source_id, labels))


def _plain(row: AttendanceDay, labels: Mapping[str, str]) -> Iterable[tuple[Cell, ...]]:
    for punch in row.punches:
        yield (row.person_name, row.code, _whole(punch.at), punch.direction.value, _label(punch.source_id, labels))


def _grid_row(
    who: tuple[str, ...],
    own: Mapping[date, AttendanceDay],
    days: Sequence[date],
    cell: Callable[[AttendanceDay], str],
) -> tuple[Cell, ...]:
    totals = totals_of(own.values())
    return (
        *who,
        *(cell(own[day]) if day in own else "" for day in days),
        int(totals.present) if totals.present.is_integer() else totals.present,
        totals.absent,
        totals.leave,
        totals.no_data,
        totals.late,
        totals.early,
        totals.working_hours,
    )


def _checkins(rows: Iterable[AttendanceDay], labels: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    """For HRMS, which refuses the same moment and direction of somebody twice, whichever the device."""
    told: dict[tuple[Cell, ...], tuple[Cell, ...]] = {}
    for row in rows:
        for checkin in _hrms(row, labels):
            told.setdefault(checkin[:3], checkin)
    return tuple(told.values())


def _whole(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=0)


def _label(source_id: str | None, labels: Mapping[str, str]) -> str | None:
    return None if source_id is None else labels.get(source_id, source_id)
