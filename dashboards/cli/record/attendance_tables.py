"""Attendance as a table in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboards.cli.output import answers, table
from pipeline.attendance.exporting import remarks
from pipeline.attendance.rows import AttendanceDay, DayStatus
from pipeline.reports.durations import format_duration

STYLES = {
    DayStatus.PRESENT: "green",
    DayStatus.HALF_DAY: "yellow",
    DayStatus.ABSENT: "red",
    DayStatus.NO_DATA: "magenta",
}


def print_attendance(rows: Sequence[AttendanceDay], labels: Mapping[str, str], *, by_shifts: bool) -> None:
    """Print the rows, or that there are none."""
    if not rows:
        answers().print("nobody known was seen on these days")
    elif by_shifts:
        _print_by_shifts(rows)
    else:
        _print_seen(rows)


def _print_by_shifts(rows: Sequence[AttendanceDay]) -> None:
    made = table(
        "day", "person", "shift", "status", "first in", "last out", "hours", "late", "early", "watched", "note",
        right=("hours", "late", "early", "watched"),
    )  # fmt: skip
    for row in rows:
        made.add_row(
            str(row.day),
            row.person_name,
            row.shift or "",
            f"[{STYLES.get(row.status, 'dim')}]{row.status.words}[/]",
            _clock(row.first_in),
            _clock(row.last_out),
            f"{row.working_s / 3600:.2f}",
            "?" if row.is_late_doubtful else _lack(row.late_s),
            "?" if row.is_early_doubtful else _lack(row.early_s),
            _share(row.coverage),
            remarks(row),
        )
    answers().print(made)


def _print_seen(rows: Sequence[AttendanceDay]) -> None:
    made = table(
        "day",
        "person",
        "first seen",
        "last seen",
        "presence",
        "sightings",
        "watched",
        right=("presence", "sightings", "watched"),
    )
    for row in rows:
        span = _clock(row.first_seen), _clock(row.last_seen)
        presence = format_duration(row.presence_s)
        made.add_row(str(row.day), row.person_name, *span, presence, str(row.n_sightings), _share(row.coverage))
    answers().print(made)


def _clock(at: datetime | None) -> str:
    return "" if at is None else f"{at:%H:%M:%S}"


def _lack(seconds: float) -> str:
    return format_duration(seconds) if seconds else ""


def _share(coverage: float | None) -> str:
    return "?" if coverage is None else f"{coverage:.1%}"
