"""The audit log: who looked for or changed whom, newest first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from dashboards.moments import YEARS
from dashboards.web.access import AdminVisitor
from dashboards.web.rendering import render, site_of
from pipeline.control.audit_reading import AuditQuery, audit_actions, read_audit
from pipeline.errors import InputError

router = APIRouter()

KEYS = {"from_": "from"}
"""What is called otherwise in addresses."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What was asked for, as it is in the address; empty where nothing was."""

    who: str = ""
    action: str = ""
    about: str = ""
    from_: str = ""
    to: str = ""

    def query(self, zone: tzinfo) -> AuditQuery:
        """The same for the log; days begin in `zone`."""
        to = _day(self.to)
        return AuditQuery(
            who=self.who.strip(),
            action=self.action,
            about=self.about.strip(),
            from_at=_begin(_day(self.from_), zone),
            to_at=_begin(to + timedelta(days=1) if to else None, zone),
        )

    def in_address(self) -> str:
        """What is set, for links to further pages."""
        given = {KEYS.get(name, name): value for name, value in asdict(self).items()}
        return urlencode({name: value for name, value in given.items() if value})


def asked_of(request: Request) -> AuditFilter:
    """What the address of a request asks for."""
    given = request.query_params
    return AuditFilter(**{name: given.get(KEYS.get(name, name), "") for name in AuditFilter.__dataclass_fields__})


@router.get("/audit")
def audit_page(
    request: Request,
    _visitor: AdminVisitor,
    asked: Annotated[AuditFilter, Depends(asked_of)],
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """A page of the log, older than the row `before`."""
    site = site_of(request)
    page = read_audit(site.control, asked.query(site.zone), before)
    values = {"asked": asked, "page": page, "actions": audit_actions(site.control), "is_first": before is None}
    return render(request, "accounts/audit.html", values)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no day; write it as 2026-05-01") from None
    if day is not None and day.year not in YEARS:
        raise InputError(f"{text!r} lies in the year {day.year}; a year from {YEARS[0]} to {YEARS[-1]} can be")
    return day


def _begin(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
