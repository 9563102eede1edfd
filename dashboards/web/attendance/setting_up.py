"""Setting attendance up: shifts, rosters, days off, codes, cameras; what the settings file says is only shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from dashboards.web.access import AdminVisitor
from dashboards.web.attendance.forms import Form, entry_of
from dashboards.web.rendering import render, site_of
from dashboards.web.site import Site
from pipeline.attendance.rules.combining import combined, fixed_choices
from pipeline.attendance.rules.settings import WEEK, AttendanceSettings, HoursBy, PunchesBy, ShiftSettings
from pipeline.control.attendance import Section, StoredAttendance
from pipeline.errors import InputError, NotFound

router = APIRouter(prefix="/attendance/settings")

HOURS = {
    HoursBy.FIRST_LAST: "from the first check-in to the last check-out",
    HoursBy.EVERY: "each check-in to its check-out",
    HoursBy.PRESENCE: "only what cameras saw",
}
PUNCHES = {
    PunchesBy.SEEN: "first seen is in, last seen is out",
    PunchesBy.ALTERNATING: "each visit to a camera in turn: in, out, in, out",
    PunchesBy.DOORS: "entry cameras check in, exit cameras check out",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a section as the page shows it."""

    key: str
    body: Any
    """Of the section's kind."""
    is_fixed: bool
    """Whether the settings file says it, so that the page cannot change it."""


@router.get("")
def show(request: Request, _visitor: AdminVisitor) -> Response:
    """Everything that is set of attendance."""
    return render(request, "attendance/settings.html", _values(site_of(request)))


@router.post("/{section}")
def put(request: Request, section: str, form: Form, visitor: AdminVisitor) -> Response:
    """Add or change an entry; answers with all sections anew."""
    site, wanted = site_of(request), _section(section)
    key, body = entry_of(wanted, form)
    _refuse_fixed(site.settings.attendance, wanted, key)
    if wanted is Section.ROSTER and getattr(body, "shift", "") not in site.attendance.rules().shifts:
        raise InputError("a roster needs a shift that there is")
    stored = StoredAttendance(site.control)
    before = {entry.key: entry.body for entry in stored.entries(wanted)}
    stored.put(wanted, key, body, by=visitor.name)
    try:
        combined(site.settings.attendance, stored.settings())
    except InputError:
        _undo(stored, wanted, key, before, visitor.name)
        raise
    return _saved(request)


@router.delete("/{section}/{key}")
def remove(request: Request, section: str, key: str, visitor: AdminVisitor) -> Response:
    """Take an entry away; a shift with rosters stays."""
    site, wanted = site_of(request), _section(section)
    rules = site.attendance.rules()
    if wanted is Section.SHIFTS and any(roster.shift == key for roster in rules.roster):
        raise InputError(f"{key} has people in its roster; take the roster away first")
    StoredAttendance(site.control).remove(wanted, key, by=visitor.name)
    return _saved(request)


def _saved(request: Request) -> Response:
    answer = render(request, "attendance/settings_sections.html", _values(site_of(request)))
    answer.headers["HX-Trigger"] = json.dumps({"note": {"words": "Saved.", "kind": "good"}})
    return answer


def _undo(stored: StoredAttendance, section: Section, key: str, before: dict[str, Any], who: str) -> None:
    if key in before:
        stored.put(section, key, before[key], by=who)
    else:
        stored.remove(section, key, by=who)


def _section(text: str) -> Section:
    try:
        return Section(text)
    except ValueError as error:
        raise NotFound(f"attendance has no {text!r}") from error


def _refuse_fixed(from_file: AttendanceSettings, section: Section, key: str) -> None:
    fixed: dict[Section, frozenset[str]] = {
        Section.SHIFTS: frozenset(from_file.shifts),
        Section.CODES: frozenset(from_file.codes),
    }
    if key in fixed.get(section, frozenset()):
        raise InputError(f"{key} stands in the settings file; change it there")


def _values(site: Site) -> dict[str, object]:
    stored, from_file = StoredAttendance(site.control), site.settings.attendance
    world = site.attendance.world()
    return {
        "shifts": _lines(from_file.shifts, stored, Section.SHIFTS),
        "roster": _lines(dict(enumerate(from_file.roster)), stored, Section.ROSTER),
        "holidays": sorted(
            _lines(dict(enumerate(from_file.holidays)), stored, Section.HOLIDAYS), key=lambda line: line.body.day
        ),
        "leave": _lines(dict(enumerate(from_file.leave)), stored, Section.LEAVE),
        "codes": _lines(from_file.codes, stored, Section.CODES),
        "choices": combined(from_file, stored.settings()),
        "fixed": fixed_choices(from_file),
        "members": world.members,
        "names": {member.person_id: member.name for member in world.members},
        "sources": sorted(world.labels.items(), key=lambda item: (not world.is_camera(item[0]), item[1])),
        "labels": world.labels,
        "week": WEEK,
        "hours": HOURS,
        "punches": PUNCHES,
        "new_shift": ShiftSettings(start="09:00", end="17:00", late_grace_min=10, early_grace_min=10),
    }


def _lines(from_file: dict[Any, Any], stored: StoredAttendance, section: Section) -> list[Line]:
    fixed = [Line(str(key), body, is_fixed=True) for key, body in from_file.items()]
    return fixed + [Line(entry.key, entry.body, is_fixed=False) for entry in stored.entries(section)]
