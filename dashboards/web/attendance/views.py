"""What the pages of attendance show, made of the rows of a report. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.attendance.exporting import Totals, by_person, cell_letter, cell_times, remarks, totals_of
from pipeline.attendance.rows import AttendanceDay, DayStatus
from pipeline.attendance.selecting import EARLY, LATE

PEOPLE_A_PAGE = 50
_HOUR = timedelta(hours=1)
_MARGIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows are of one kind; a filter as well."""

    word: str
    words: str
    letter: str
    number: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one person in a grid."""

    text: str
    kind: str
    """The status, for colours."""
    title: str
    """All of it in words."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """One person in a grid."""

    person_id: str
    name: str
    code: str
    cells: tuple[Cell | None, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a line of time, in percent of its width."""

    left: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """One person on one day, with presence against the shift."""

    row: AttendanceDay
    shift: Bar | None
    visits: tuple[Bar, ...]
    gaps: tuple[Bar, ...]
    remarks: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The line of time that all bars of a page share."""

    begin: datetime
    end: datetime

    def bar(self, start: datetime, end: datetime, title: str) -> Bar:
        """The part of the axis from one moment to another; never too thin to be seen."""
        whole = (self.end - self.begin).total_seconds()
        left = max((start - self.begin).total_seconds() / whole, 0.0)
        right = min((end - self.begin).total_seconds() / whole, 1.0)
        return Bar(round(left * 100, 2), round(max(right - left, 0.004) * 100, 2), title)

    @property
    def hours(self) -> list[Bar]:
        """Marks of full hours, not more than a dozen."""
        total = max(1, round((self.end - self.begin) / _HOUR))
        step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 48) if total / step <= 12)
        marks = (self.begin + n * _HOUR for n in range(0, total + 1, step))
        return [self.bar(mark, mark, f"{mark.astimezone(self.begin.tzinfo):%H}") for mark in marks if mark < self.end]


def counts_of(rows: Iterable[AttendanceDay]) -> list[Count]:
    """How many rows there are of each status, late and early ones; those that there are none of are left out."""
    found = list(rows)
    numbers = Counter(row.status for row in found)
    by_status = [Count(status.value, status.words, status.letter, numbers[status]) for status in DayStatus]
    more = [
        Count(LATE, "late", "+", sum(row.is_late for row in found)),
        Count(EARLY, "left early", "-", sum(row.is_early for row in found)),
    ]
    return [count for count in (*by_status, *more) if count.number]


def people_of(rows: Iterable[AttendanceDay], page: int) -> tuple[list[AttendanceDay], int]:
    """The rows of one page's people, and how many people there are."""
    found = list(rows)
    names = {row.person_id: row.person_name for row in found}
    ids = sorted(names, key=lambda person_id: (names[person_id].casefold(), person_id))
    wanted = frozenset(ids[(page - 1) * PEOPLE_A_PAGE : page * PEOPLE_A_PAGE])
    return [row for row in found if row.person_id in wanted], len(ids)


def grid_of(rows: Sequence[AttendanceDay], days: Sequence[date], *, with_times: bool) -> list[GridLine]:
    """People by days."""
    form = cell_times if with_times else cell_letter
    return [
        GridLine(
            person_id=person_id,
            name=name,
            code=code,
            cells=tuple(
                Cell(form(own[day]), own[day].status.value, _title(own[day])) if day in own else None for day in days
            ),
            totals=totals_of(own.values()),
        )
        for (name, code, person_id), own in by_person(rows).items()
    ]


def axis_of(rows: Iterable[AttendanceDay]) -> Axis | None:
    """From the first shift or sighting to the last, in full hours; None when there is nothing to show."""
    found = list(rows)
    starts = [at for row in found for at in (row.shift_start, row.first_seen) if at is not None]
    ends = [at for row in found for at in (row.shift_end, row.last_seen) if at is not None]
    if not starts or not ends:
        return None
    begin = (min(starts) - _MARGIN).replace(minute=0, second=0, microsecond=0)
    end = (max(ends) + _MARGIN + _HOUR).replace(minute=0, second=0, microsecond=0)
    return Axis(begin, end)


def day_line(row: AttendanceDay, axis: Axis) -> DayLine:
    """A row with its bars."""
    shift = None
    if row.shift_start is not None and row.shift_end is not None:
        shift = axis.bar(row.shift_start, row.shift_end, f"shift {row.shift_start:%H:%M} to {row.shift_end:%H:%M}")
    zone = axis.begin.tzinfo
    seen = ((visit.start_ts.astimezone(zone), visit.end_ts.astimezone(zone)) for visit in row.visits)
    gaps = ((gap, gap.start.astimezone(zone), gap.end.astimezone(zone)) for gap in row.gaps)
    return DayLine(
        row=row,
        shift=shift,
        visits=tuple(axis.bar(start, end, f"seen {start:%H:%M:%S} to {end:%H:%M:%S}") for start, end in seen),
        gaps=tuple(
            axis.bar(start, end, f"{gap.label} did not watch {start:%H:%M} to {end:%H:%M}") for gap, start, end in gaps
        ),
        remarks=remarks(row),
    )


def day_lines(rows: Sequence[AttendanceDay]) -> tuple[Axis | None, list[DayLine]]:
    """One day's rows on one axis."""
    axis = axis_of(rows)
    return axis, [] if axis is None else [day_line(row, axis) for row in rows]


def own_lines(rows: Sequence[AttendanceDay]) -> list[DayLine]:
    """One person's days, each on an axis of its own."""
    axes = ((row, axis_of([row]) or _whole_day(row)) for row in rows)
    return [day_line(row, axis) for row, axis in axes]


def _whole_day(row: AttendanceDay) -> Axis:
    begin = datetime(row.day.year, row.day.month, row.day.day)  # noqa: DTZ001 # nothing is drawn on it
    return Axis(begin, begin + 24 * _HOUR)


def _title(row: AttendanceDay) -> str:
    parts = [f"{row.day:%a} {row.day.day} {row.day:%b}: {row.status.words}", row.shift or ""]
    if row.first_in is not None:
        parts.append(f"in {row.first_in:%H:%M}" + ("" if row.last_out is None else f", out {row.last_out:%H:%M}"))
    parts.append(f"{row.late_s / 60:.0f} min late" if row.is_late else "")
    parts.append(f"{row.early_s / 60:.0f} min early" if row.is_early else "")
    parts.append("" if row.coverage is None else f"{row.coverage:.0%} watched")
    return " · ".join(part for part in (*parts, remarks(row)) if part)
