"""How far naming the past is, and taking back what was done."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor
from dashboards.web.people.past import name_past, show_past
from dashboards.web.rendering import render, site_of
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.changes import Change, ChangeKind, Changes
from pipeline.control.corrections import Corrections
from pipeline.control.people_listing import PeopleListing

router = APIRouter(include_in_schema=False)

CHANGED = '{"relabelled": ""}'
"""The header HX-Trigger of answers after which lists have to be read again."""


def past_fragment(request: Request, request_id: int, *, about: str = "", change_id: int | None = None) -> HTMLResponse:
    """How far a wish is, asking again until it is done; `about` is a person's id, `change_id` can be undone."""
    site = site_of(request)
    name = PeopleListing(site.control).names_of([about]).get(about, about) if about else ""
    shown = show_past(site, request_id, about, name)
    values = {"shown": shown, "about": about, "change_id": change_id}
    answer = render(request, "people/past.html", values)
    if shown.progress.is_done:
        answer.headers["HX-Trigger"] = CHANGED
    return answer


@router.get("/relabelling/{request_id}")
def progress(
    request: Request, request_id: int, _visitor: AnalystVisitor, about: str = "", change_id: int | None = None
) -> HTMLResponse:
    """How far a wish is, as a fragment."""
    return past_fragment(request, request_id, about=about, change_id=change_id)


@router.post("/changes/{change_id}/undo")
def undo(request: Request, change_id: int, visitor: AnalystVisitor) -> HTMLResponse:
    """Take a change back, and let the record follow."""
    site = site_of(request)
    change = Changes(site.control).undo(change_id, datetime.now(UTC))
    AuditLog(site.control).append("undo", change.undo.person_id or "", who=visitor.name, detail=change.kind.value)
    if change.kind is ChangeKind.IGNORED:
        answer = render(request, "people/noted.html", {"words": "Shown again", "change_id": None})
        answer.headers["HX-Trigger"] = CHANGED
        return answer
    return past_fragment(request, name_past(site, visitor.name, _sources_of(site, change)))


def _sources_of(site: Site, change: Change) -> dict[str, None] | None:
    """What has to be named anew; None for everything."""
    if change.kind in {ChangeKind.NAMED, ChangeKind.MERGED}:
        return None
    return dict.fromkeys(Corrections(site.control).sources_of(change.change_id))
