"""`facetrail attendance`: per day and person the first and last moment seen, presence, and how much was watched."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, SourceFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import open_database, open_existing

if TYPE_CHECKING:
    from dashboards.cli.record.filters import SightingFilter
    from pipeline.reports.attendance import AttendanceRow

EXAMPLES = examples(
    ("facetrail attendance --from 2026-05-01 --to 2026-05-31 --csv may.csv", "a month as CSV"),
    ("facetrail attendance --from today", "who is here today"),
    ("facetrail attendance --from yesterday --source entrance.mp4 --json", "one source, for a script"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `attendance`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(attendance)


def attendance(
    from_: Annotated[
        str, typer.Option("--from", help="First day: 2026-05-01, today, yesterday.", metavar="DAY")
    ] = "today",
    to: Annotated[str | None, typer.Option("--to", help="Last day (default: today).", metavar="DAY")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write CSV to this file; - is stdout.", metavar="FILE")] = None,
    excel: Annotated[bool, typer.Option("--excel", help="Mark the CSV as UTF-8 for Excel.")] = False,
    source: SourceFlag = None,
    allow_mtime: Annotated[
        bool, typer.Option("--allow-mtime", help="Accept times guessed from a file's modification time.")
    ] = False,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Show attendance: day, person, first seen, last seen, presence, sightings, and the share of the day watched.

    Days are those of your time zone; a visit over midnight counts on both. Footage whose start is only a guess is
    refused: set it with [bold]facetrail source set-start[/].
    """
    from dashboards.cli.record.filters import find_sources
    from dashboards.cli.record.reading import read_current_coverage, read_sightings
    from dashboards.moments import parse_day
    from pipeline.control.sources import Sources
    from pipeline.reports.attendance import attendance_rows

    session = open_existing(data=data, time_zone=time_zone)
    today = datetime.now(session.zone).date()
    first, last = parse_day(from_, "--from", today), today if to is None else parse_day(to, "--to", today)
    with open_database(session) as control:
        wanted = _within(first, last, session.zone, find_sources(Sources(control).list(), source))
        reading = read_sightings(session, control, wanted)
        coverage = read_current_coverage(session, reading, wanted)
    rows = attendance_rows(reading.sightings, coverage, session.zone, first, last, allow_mtime)
    if csv is not None:
        _write(rows, csv, with_bom=excel)
    if as_json:
        emit_json({"from": first, "to": last, "time_zone": str(session.zone), "attendance": rows})
    elif csv is None:
        _print_attendance(rows)


def _within(first: date, last: date, zone: tzinfo, source_ids: frozenset[str] | None) -> SightingFilter:
    from dashboards.cli.record.filters import SightingFilter

    return SightingFilter(
        source_ids=source_ids,
        start=datetime.combine(first, time(), zone).astimezone(UTC),
        end=datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC),
    )


def _write(rows: list[AttendanceRow], path: Path, *, with_bom: bool) -> None:
    from pipeline.reports.attendance import ATTENDANCE_COLUMNS
    from pipeline.reports.spreadsheet import csv_text, write_csv

    cells = [row.cells() for row in rows]
    if str(path) == "-":
        typer.echo(csv_text(ATTENDANCE_COLUMNS, cells), nl=False)
        return
    write_csv(path, ATTENDANCE_COLUMNS, cells, with_bom=with_bom)
    say(f"{len(rows)} rows in {path}")


def _print_attendance(rows: list[AttendanceRow]) -> None:
    from pipeline.reports.durations import format_duration

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
        watched = "?" if row.coverage is None else f"{row.coverage:.1%}"
        span = f"{row.first_seen:%H:%M:%S}", f"{row.last_seen:%H:%M:%S}"
        made.add_row(
            str(row.day), row.person_name, *span, format_duration(row.presence_s), str(row.n_sightings), watched
        )
    answers().print(made if rows else "nobody known was seen on these days")
