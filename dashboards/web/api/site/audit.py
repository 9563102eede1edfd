"""The audit log over the API, for admins: who looked for or changed whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboards.web.access import AdminVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.values import ApiValue, Moment, MomentQuery
from dashboards.web.rendering import site_of
from pipeline.control.audit_reading import AuditQuery, AuditRow, read_audit

router = APIRouter(tags=["site"])


class AuditValue(ApiValue):
    """One row of the log; rows are added and never changed."""

    number: int
    at: Moment
    who: str
    """The user, or the token after its user's name; of the command line, the user of the operating system."""
    action: str
    """A verb: identify, verify, enrol, rename, remove, timeline, ..."""
    about: str | None
    """A person's id; null when nobody in particular was meant."""
    person_name: str | None
    """What that person is called today."""
    image_sha256: str | None
    """Of the picture that was asked about."""
    detail: str
    place: str
    """The address from which it was asked for; empty for a command on the server itself."""


class AuditList(ListPage):
    """Rows of the log, newest first."""

    rows: tuple[AuditValue, ...]


@router.get("/audit", operation_id="read_audit")
def audit(
    request: Request,
    response: Response,
    _visitor: AdminVisitor,
    who: Annotated[str, Query(max_length=200, description="A part of the name of who did it.")] = "",
    action: Annotated[str, Query(max_length=100, description="The verb.")] = "",
    about: Annotated[
        str, Query(max_length=200, description="A part of the person's id or name, of the detail or the place.")
    ] = "",
    since: Annotated[MomentQuery | None, Query(description="At it or later.")] = None,
    until: Annotated[MomentQuery | None, Query(description="Before it.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Where an earlier page ended.")] = None,
) -> AuditList:
    """Who looked for or at whom, who identified and enrolled, and who changed what, newest first."""
    query = AuditQuery(who=who.strip(), action=action, about=about.strip(), from_at=since, to_at=until)
    page = read_audit(site_of(request).control, query, cursor, limit)
    return AuditList(
        rows=tuple(_row(row) for row in page.rows), next_cursor=lead_on(request, response, page.next_before)
    )


def _row(row: AuditRow) -> AuditValue:
    entry = row.entry
    return AuditValue(
        number=row.number,
        at=entry.at,
        who=entry.who,
        action=entry.action,
        about=entry.about or None,
        person_name=row.person_name,
        image_sha256=entry.image_sha256,
        detail=entry.detail,
        place=entry.place,
    )
