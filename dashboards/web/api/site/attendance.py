"""Attendance over the API: rows, and the same as CSV and XLSX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from dashboards.web.access import AnyVisitor, Visitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.values import ID, ApiValue, DayQuery, Flag, Moment
from dashboards.web.attendance.pages import WORKBOOK
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from pipeline.attendance.exporting import Shape, exported, remarks
from pipeline.attendance.making import AttendanceReport
from pipeline.attendance.rows import AttendanceDay, DayStatus
from pipeline.attendance.selecting import Selection, selection_of
from pipeline.control.audit import AuditLog
from pipeline.reports.spreadsheet import csv_bytes
from pipeline.reports.workbook import workbook_bytes

router = APIRouter(tags=["attendance"], prefix="/attendance")

MOST_DAYS = 62
CURSOR = r"^(\d{4}-\d\d-\d\d~[A-Za-z0-9_-]{1,100})?$"
What = Literal["present", "half_day", "absent", "leave", "holiday", "weekly_off", "pending", "no_data", "late", "early"]


class AttendanceRow(ApiValue):
    """One person on one day."""

    day: date
    """In the site's zone."""
    person_id: str
    name: str
    code: str
    """What other systems call the person; empty when nobody said."""
    shift: str | None
    shift_start: Moment | None
    shift_end: Moment | None
    status: DayStatus
    """`no_data` is that too little was watched to tell."""
    first_in: Moment | None
    last_out: Moment | None
    in_source: str | None
    """The source that saw the first check-in."""
    out_source: str | None
    working_s: float
    presence_s: float
    """In which a camera saw the person, in seconds."""
    late_s: float
    """After the start of the shift, once that is more than the grace; else 0."""
    early_s: float
    n_sightings: int
    coverage: float | None
    """Part of the shift that was watched, 0 to 1; null when nothing is recorded."""
    remarks: str
    """Holidays, leave, and what makes a verdict doubtful; in words."""


class AttendanceList(ListPage):
    """Rows by day, name and id."""

    n_rows: int
    """All of them, on this page and on others."""
    rows: tuple[AttendanceRow, ...]
    guessed: tuple[str, ...]
    """Footage that was left out, since nobody vouches for its time."""
    strangers: tuple[str, ...]
    """Names in rosters, leave and codes that nobody has (any more)."""


@dataclass(frozen=True, slots=True)
class AskedDays:
    """Which days, and whom."""

    days: tuple[date, ...]
    selection: Selection

    def report(self, site: Site) -> AttendanceReport:
        """The report of those days, with everybody."""
        return site.attendance.report(self.days, datetime.now(UTC))


def asked_days(
    request: Request,
    first: Annotated[
        DayQuery | None, Query(description="The first day; without it, that many days up to today.")
    ] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days.")] = 1,
    person: Annotated[str | None, Query(pattern=ID, description="The id of a person.")] = None,
    q: Annotated[str, Query(max_length=200, description="A part of the name or the code.")] = "",
    shift: Annotated[str | None, Query(max_length=100, description="Of this shift; `-` is of none.")] = None,
) -> AskedDays:
    """Which days, and whom, as an address says."""
    begin = first or datetime.now(site_of(request).zone).date() - timedelta(days=days - 1)
    selection = selection_of(person_id=person, text=q, shift=shift)
    return AskedDays(tuple(begin + timedelta(days=n) for n in range(days)), selection)


Days = Annotated[AskedDays, Depends(asked_days)]
Whats = Annotated[
    list[What], Query(max_length=10, description="Rows with one of these statuses; late ones, early ones.")
]


@router.get("", operation_id="list_attendance")
def list_attendance(
    request: Request,
    response: Response,
    visitor: AnyVisitor,
    asked: Days,
    what: Whats = [],  # noqa: B006 # never changed
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str, Query(pattern=CURSOR, description="Where an earlier page ended.")] = "",
) -> AttendanceList:
    """Who was present, late or absent on which day, and how much was watched. Looks stand in the audit log."""
    site = site_of(request)
    made = asked.report(site)
    AuditLog(site.control).append_anew("attendance", **_noted(visitor, asked))  # programs ask again and again
    rows = _selected(made, asked, what)
    left = rows[_place_after(rows, cursor) :]
    following = f"{left[limit - 1].day}~{left[limit - 1].person_id}" if len(left) > limit else None
    return AttendanceList(
        rows=tuple(_row(row) for row in left[:limit]),
        n_rows=len(rows),
        guessed=made.guessed_labels,
        strangers=made.strangers,
        next_cursor=lead_on(request, response, following),
    )


@router.get(
    "/table.{form}",
    operation_id="export_attendance",
    response_class=Response,
    responses={
        200: {
            "description": "The table. Cells that a spreadsheet would take for formulas are defused.",
            "content": {"text/csv": {}, WORKBOOK: {}},
        }
    },
)
def export(
    request: Request,
    visitor: AnyVisitor,
    form: Annotated[Literal["csv", "xlsx"], Path(description="The kind of file.")],
    asked: Days,
    what: Whats = [],  # noqa: B006 # never changed
    shape: Annotated[Shape, Query(description="What the table is for.")] = Shape.DAILY,
    bom: Annotated[Flag, Query(description="CSV with a mark at its beginning, by which Excel knows UTF-8.")] = False,
) -> Response:
    """The same rows as a file: daily report, check-ins for Frappe HRMS, plain punches, or a grid of a week or month."""
    site = site_of(request)
    made = asked.report(site)
    AuditLog(site.control).append("export attendance", **_noted(visitor, asked))
    table = exported(_selected(made, asked, what), shape, days=made.days, labels=made.labels)
    name = f'attachment; filename="attendance-{asked.days[0]}-{asked.days[-1]}-{shape.value}.{form}"'
    if form == "xlsx":
        content, kind = workbook_bytes("Attendance", table.header, table.rows), WORKBOOK
    else:
        content, kind = csv_bytes(table.header, table.rows, with_bom=bom), "text/csv; charset=utf-8"
    return Response(content, media_type=kind, headers={"Content-Disposition": name})


def _selected(made: AttendanceReport, asked: AskedDays, what: list[What]) -> list[AttendanceDay]:
    chosen = selection_of(
        person_id=asked.selection.person_id, text=asked.selection.text, shift=asked.selection.shift, what=what
    )
    return chosen.rows(made.rows)


def _place_after(rows: list[AttendanceDay], cursor: str) -> int:
    """Where the rows after the cursor begin; a row that is gone meanwhile ends its day."""
    day, _, person_id = cursor.partition("~")
    for place, row in enumerate(rows):
        if str(row.day) == day and row.person_id == person_id:
            return place + 1
    return sum(str(row.day) <= day for row in rows)


def _noted(visitor: Visitor, asked: AskedDays) -> dict[str, str]:
    """What the audit log says of who asked for what."""
    detail = f"{asked.days[0]} to {asked.days[-1]}"
    return {"about": asked.selection.person_id or "", "who": visitor.name, "detail": detail}


def _row(row: AttendanceDay) -> AttendanceRow:
    return AttendanceRow(
        day=row.day,
        person_id=row.person_id,
        name=row.person_name,
        code=row.code,
        shift=row.shift,
        shift_start=row.shift_start,
        shift_end=row.shift_end,
        status=row.status,
        first_in=row.first_in,
        last_out=row.last_out,
        in_source=row.in_source,
        out_source=row.out_source,
        working_s=row.working_s,
        presence_s=row.presence_s,
        late_s=row.late_s,
        early_s=row.early_s,
        n_sightings=row.n_sightings,
        coverage=row.coverage,
        remarks=remarks(row),
    )
