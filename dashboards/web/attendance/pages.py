"""who was there when, and what the cameras can vouch for."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from dashboards.web.access import AnyVisitor
from dashboards.web.attendance import setting_up
from dashboards.web.attendance.asking import SHAPES, Asked, View, asked_of
from dashboards.web.attendance.views import (
    PEOPLE_A_PAGE,
    counts_of,
    day_lines,
    grid_of,
    own_lines,
    people_of,
)
from dashboards.web.rendering import render, site_of
from pipeline.attendance.exporting import Shape, exported, without_code
from pipeline.attendance.making import AttendanceReport
from pipeline.control.audit import AuditLog
from pipeline.errors import InputError, NotFound
from pipeline.reports.spreadsheet import csv_bytes
from pipeline.reports.workbook import workbook_bytes

router = APIRouter(include_in_schema=False)
router.include_router(setting_up.router)

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/attendance")
def overview(request: Request, visitor: AnyVisitor) -> Response:
    """A day, a week or a month of everybody."""
    asked, made = _asked(request)
    if asked.text:
        AuditLog(site_of(request).control).append("attendance", "", who=visitor.name, detail=asked.query())
    everything = asked.selection().without_what().rows(made.rows)
    selected = asked.selection().rows(everything)
    shown, n_people = people_of(selected, asked.page)
    values = {
        "asked": asked,
        "counts": counts_of(everything),
        "n_people": n_people,
        "n_pages": -(-n_people // PEOPLE_A_PAGE),
        "shifts": sorted(made.rules.shifts),
        "guessed": made.guessed,
        "n_without_code": len(without_code(everything)),
        "strangers": made.strangers,
        "labels": made.labels,
        "days": made.days,
        "holidays": {holiday.day: holiday.name for holiday in made.rules.holidays},
        "today": datetime.now(site_of(request).zone).date(),
    }
    if asked.view is View.DAY:
        axis, lines = day_lines(shown)
        return render(request, "attendance/day.html", {**values, "axis": axis, "lines": lines})
    grid = grid_of(shown, made.days, with_times=asked.view is View.WEEK)
    return render(request, "attendance/grid.html", {**values, "grid": grid})


@router.get("/attendance/people/{person_id}")
def one_person(request: Request, person_id: str, visitor: AnyVisitor) -> Response:
    """The days of one person."""
    asked, made = _asked(request)
    rows = [row for row in made.rows if row.person_id == person_id]
    name = rows[0].person_name if rows else _name(request, person_id)
    AuditLog(site_of(request).control).append("attendance", person_id, who=visitor.name, detail=asked.title)
    values = {
        "asked": asked,
        "person_id": person_id,
        "name": name,
        "code": rows[0].code if rows else "",
        "counts": counts_of(rows),
        "lines": own_lines(rows),
        "labels": made.labels,
        "working_s": sum(row.working_s for row in rows),
        "presence_s": sum(row.presence_s for row in rows),
        "n_without_code": len(without_code(rows)),
        "guessed": made.guessed,
    }
    return render(request, "attendance/person.html", values)


@router.get("/attendance/table.{form}")
def table(request: Request, form: str, visitor: AnyVisitor) -> Response:
    """What a page shows, all of its people, as a file: `csv` or `xlsx`; in another shape if the address asks for it."""
    asked, made = _asked(request)
    shape = _shape(request.query_params.get("shape", ""), asked)
    rows = asked.selection(request.query_params.get("person")).rows(made.rows)
    found = exported(rows, shape, days=made.days, labels=made.labels)
    detail = f"{shape.value} {asked.first} to {asked.last}"
    about = request.query_params.get("person", "")
    AuditLog(site_of(request).control).append("export attendance", about, who=visitor.name, detail=detail)
    name = f"attendance-{asked.first}-{asked.last}" + (f"-{shape.value}" if shape is not SHAPES[asked.view] else "")
    if form == "xlsx":
        return _download(workbook_bytes("Attendance", found.header, found.rows), f"{name}.xlsx", WORKBOOK)
    if form != "csv":
        raise NotFound("tables come as csv and xlsx")
    with_bom = request.query_params.get("bom") == "1"
    return _download(csv_bytes(found.header, found.rows, with_bom=with_bom), f"{name}.csv", "text/csv; charset=utf-8")


def _asked(request: Request) -> tuple[Asked, AttendanceReport]:
    site, now = site_of(request), datetime.now(UTC)
    asked = asked_of(request, site.zone, now)
    return asked, site.attendance.report(asked.days, now)


def _name(request: Request, person_id: str) -> str:
    names = {member.person_id: member.name for member in site_of(request).attendance.world().members}
    if person_id not in names:
        raise NotFound("there is nobody of this id on these days")
    return names[person_id]


def _shape(text: str, asked: Asked) -> Shape:
    try:
        return Shape(text) if text else SHAPES[asked.view]
    except ValueError as error:
        raise InputError(f"shape {text!r} is not known; there are {', '.join(Shape)}") from error


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
