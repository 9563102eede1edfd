"""`facetrail attendance`: who was there by the shifts of the settings, who was not, and what cameras can vouch for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, PersonFlag, SourceFlag, ZoneFlag
from dashboards.cli.output import emit_json, say, warn
from dashboards.cli.session import Session, open_database, open_existing
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.attendance.exporting import Table
    from pipeline.attendance.making import AttendanceReport
    from pipeline.attendance.rows import AttendanceDay
    from pipeline.attendance.selecting import Selection
    from pipeline.control.database import Control

EXAMPLES = examples(
    ("facetrail attendance --month 2026-05 --csv may.csv --xlsx may.xlsx", "a month as CSV and as a workbook"),
    ("facetrail attendance --from today", "who is here today"),
    ("facetrail attendance --month 2026-05 --shape hrms --csv checkins.csv", "check-ins to import into Frappe HRMS"),
    ("facetrail attendance --from yesterday --source entrance.mp4 --json", "one source, for a script"),
)


class OutputShape(StrEnum):
    """What the rows of a file are."""

    SEEN = "seen"
    DAILY = "daily"
    HRMS = "hrms"
    PUNCHES = "punches"
    MONTH = "month"


def register(app: typer.Typer, panel: str) -> None:
    """Add `attendance`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(attendance)


def attendance(
    from_: Annotated[
        str, typer.Option("--from", help="First day: 2026-05-01, today, yesterday.", metavar="DAY")
    ] = "today",
    to: Annotated[str | None, typer.Option("--to", help="Last day (default: today).", metavar="DAY")] = None,
    month: Annotated[
        str | None, typer.Option(help="A whole month in the place of --from and --to.", metavar="YYYY-MM")
    ] = None,
    shift: Annotated[str | None, typer.Option(help="Only this shift.", metavar="NAME")] = None,
    person: PersonFlag = None,
    csv: Annotated[Path | None, typer.Option(help="Write CSV to this file; - is stdout.", metavar="FILE")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook to this file.", metavar="FILE")] = None,
    shape: Annotated[
        OutputShape | None,
        typer.Option(
            help="daily: one row a person and day, by shifts (default once there are shifts); seen: only who was "
            "seen; hrms: check-ins for Frappe HRMS; punches: check-ins; month: a grid.",
        ),
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", "--excel", help="Mark the CSV as UTF-8 for Excel.")] = False,
    source: SourceFlag = None,
    allow_mtime: Annotated[
        bool, typer.Option("--allow-mtime", help="Accept times guessed from a file's modification time.")
    ] = False,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Show attendance: day, person, shift, first in, last out, hours, late, early, status, and how much was watched.

    Days are those of your time zone; an overnight shift belongs to the day on which it begins. Nobody is called absent
    where the cameras did not watch. Shifts, rosters and holidays stand under [bold]attendance:[/] in facetrail.yaml,
    or are set on the page. Footage whose start is only a guess is refused: set it with
    [bold]facetrail source set-start[/].
    """
    session = open_existing(data=data, time_zone=time_zone)
    first, last = _span(from_, to, month, session)
    with open_database(session) as control:
        made = _make(session, control, first, last, source, allow_mtime=allow_mtime)
        rows = _selection(control, person, shift, made).rows(made.rows)
    if made.strangers:
        warn(f"nobody is called {', '.join(made.strangers)} (any more), whom attendance's rosters, leave or codes name")
    wanted = shape or (OutputShape.DAILY if made.rules.shifts else OutputShape.SEEN)
    if wanted is OutputShape.HRMS:
        _warn_without_code(rows)
    table = _table(rows, wanted, made)
    _write_files(table, csv, xlsx, bom=bom)
    if as_json:
        emit_json({"from": first, "to": last, "time_zone": str(session.zone), "attendance": rows})
    elif csv is None and xlsx is None:
        from dashboards.cli.record.attendance_tables import print_attendance

        print_attendance(rows, made.labels, by_shifts=wanted is not OutputShape.SEEN)


def _span(from_: str, to: str | None, month: str | None, session: Session) -> tuple[date, date]:
    from dashboards.moments import parse_day, parse_month

    today = datetime.now(session.zone).date()
    if month is not None:
        if to is not None or from_ != "today":
            raise InputError("--month stands in the place of --from and --to")
        return parse_month(month, "--month")
    return parse_day(from_, "--from", today), today if to is None else parse_day(to, "--to", today)


def _make(
    session: Session, control: Control, first: date, last: date, source: list[str] | None, *, allow_mtime: bool
) -> AttendanceReport:
    from dataclasses import replace

    from pipeline.attendance.making import Attendance, refuse_guesses
    from pipeline.attendance.report import days_between
    from pipeline.control.work.sources import Sources
    from pipeline.sightings.filtering import find_sources

    cameras = [name for name, camera in session.settings.cameras.items() if camera.enabled]
    office = Attendance(control, session.settings.attendance, session.zone, cameras)
    rules = office.rules()
    rules = replace(rules, take_mtime=rules.take_mtime or allow_mtime)
    sources = sorted(find_sources(Sources(control).list(), source) or ())
    made = office.report_by(rules, days_between(first, last), datetime.now(UTC), sources)
    refuse_guesses(made)
    return made


def _selection(control: Control, person: str | None, shift: str | None, made: AttendanceReport) -> Selection:
    from pipeline.attendance.selecting import Selection
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.sightings.filtering import find_person_id

    if shift is not None and shift not in made.rules.shifts:
        known = ", ".join(sorted(made.rules.shifts)) or "none yet"
        raise InputError(f"--shift {shift!r}: there is no such shift; there are: {known}")
    person_id = None if person is None else find_person_id(control, person)
    if person_id is not None:
        detail = f"{made.days[0]} to {made.days[-1]}"
        AuditLog(control).append("attendance", person_id, who=current_user(), detail=detail)
    return Selection(person_id=person_id, shift=shift)


def _table(rows: list[AttendanceDay], shape: OutputShape, made: AttendanceReport) -> Table:
    from pipeline.attendance.exporting import Shape, exported, seen_table

    if shape is OutputShape.SEEN:
        return seen_table(rows)
    return exported(rows, Shape(shape.value), days=made.days, labels=made.labels)


def _write_files(table: Table, csv: Path | None, xlsx: Path | None, *, bom: bool) -> None:
    from pipeline.reports.spreadsheet import csv_bytes, write_csv

    if csv is not None and str(csv) == "-":
        typer.echo(csv_bytes(table.header, table.rows, with_bom=bom), nl=False)
    elif csv is not None:
        write_csv(csv, table.header, table.rows, with_bom=bom)
        say(f"{len(table.rows)} rows in {csv}")
    if xlsx is not None:
        from pipeline.reports.spreadsheet import write_whole
        from pipeline.reports.workbook import workbook_bytes

        write_whole(xlsx, workbook_bytes("Attendance", table.header, table.rows))
        say(f"{len(table.rows)} rows in {xlsx}")


def _warn_without_code(rows: list[AttendanceDay]) -> None:
    from pipeline.attendance.exporting import without_code

    names = without_code(rows)
    if names:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        warn(
            f"{len(names)} of those who were seen have no code and stand by their names ({shown}), which HRMS does not "
            "know: give codes under attendance.codes in the settings, or on the page"
        )
