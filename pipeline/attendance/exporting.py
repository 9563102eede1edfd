"""Attendance as tables for other programs: daily report, check-ins for Frappe HRMS, plain punches, a month as a grid.

The columns of check-ins are the labels by which HRMS's data import knows the fields of its Employee Checkin.
"""

from __future__ import annotations

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


def exported(rows: Sequence[AttendanceDay], shape: Shape, *, days: Sequence[date], labels: Mapping[str, str]) -> Table:
    """The rows as a table; `labels` names the sources by their ids."""
    if shape in {Shape.MONTH, Shape.WEEK}:
        return grid_table(rows, days, cell_letter if shape is Shape.MONTH else cell_times)
    if shape is Shape.DAILY:
        return Table(DAILY_COLUMNS, tuple(_daily(row, labels) for row in rows))
    header, form = _PUNCH_FORMS[shape]
    return Table(header, _once(form(row, labels) for row in rows))


def seen_table(rows: Iterable[AttendanceDay]) -> Table:
    """Who was seen when, without any judgement; days on which somebody was not seen are left out."""
    return Table(SEEN_COLUMNS, tuple(_seen(row) for row in rows if row.n_sightings))


def by_person(rows: Iterable[AttendanceDay]) -> dict[tuple[str, str, str], dict[date, AttendanceDay]]:
    """(name, code, id) -> day -> row; by name and id."""
    grouped: dict[tuple[str, str, str], dict[date, AttendanceDay]] = {}
    for row in sorted(rows, key=lambda row: (row.person_name.casefold(), row.person_id)):
        grouped.setdefault((row.person_name, row.code, row.person_id), {})[row.day] = row
    return grouped


def cell_letter(row: AttendanceDay) -> str:
    """`P`, `P +12` for twelve minutes late, `A`."""
    return f"{row.status.letter} +{row.late_s / 60:.0f}" if row.is_late else row.status.letter


def cell_times(row: AttendanceDay) -> str:
    """`P 09:02–17:05`."""
    times = [f"{at:%H:%M}" for at in (row.first_in, row.last_out) if at is not None]
    return f"{row.status.letter} {'–'.join(times)}".strip()


def grid_table(rows: Iterable[AttendanceDay], days: Sequence[date], cell: Callable[[AttendanceDay], str]) -> Table:
    """One row a person: a cell a day, then how many days of each kind, working hours, late and early days."""
    header = ("person", "code", *(day.isoformat() for day in days), *_COUNTED, "working_hours", "late", "early")
    return Table(header, tuple(_grid_row(who[:2], own, days, cell) for who, own in by_person(rows).items()))


def without_code(rows: Iterable[AttendanceDay]) -> list[str]:
    """The names of those whom HRMS would not know: their names stand in the place of their codes."""
    return sorted({row.person_name for row in rows if not row.code and row.punches})


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


_COUNTED = tuple(status.value for status in DayStatus if status is not DayStatus.PENDING)


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


_PUNCH_FORMS: dict[
    Shape, tuple[tuple[str, ...], Callable[[AttendanceDay, Mapping[str, str]], Iterable[tuple[Cell, ...]]]]
] = {Shape.HRMS: (HRMS_COLUMNS, _hrms), Shape.PUNCHES: (PUNCH_COLUMNS, _plain)}


def _grid_row(
    who: tuple[str, ...],
    own: Mapping[date, AttendanceDay],
    days: Sequence[date],
    cell: Callable[[AttendanceDay], str],
) -> tuple[Cell, ...]:
    statuses = [row.status.value for row in own.values()]
    return (
        *who,
        *(cell(own[day]) if day in own else "" for day in days),
        *(statuses.count(name) for name in _COUNTED),
        round(sum(row.working_s for row in own.values()) / 3600, 2),
        sum(row.is_late for row in own.values()),
        sum(row.is_early for row in own.values()),
    )


def _once(groups: Iterable[Iterable[tuple[Cell, ...]]]) -> tuple[tuple[Cell, ...], ...]:
    """All rows, equal ones once: HRMS refuses the same moment twice."""
    return tuple(dict.fromkeys(row for group in groups for row in group))


def _whole(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=0)


def _label(source_id: str | None, labels: Mapping[str, str]) -> str | None:
    return None if source_id is None else labels.get(source_id, source_id)
