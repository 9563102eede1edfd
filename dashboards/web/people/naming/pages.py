"""How far naming the past is, and taking back what was done."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor
from dashboards.web.people.naming.past import show_past
from dashboards.web.people.naming.undoing import undo_change
from dashboards.web.people.unknown.deciding import Decided
from dashboards.web.rendering import render, site_of
from pipeline.control.gallery.listing import PeopleListing

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


def decided_fragment(request: Request, decided: Decided) -> HTMLResponse:
    """How far the record is with a decision, which can be undone."""
    return past_fragment(request, decided.request_id, about=decided.about, change_id=decided.change_id)


@router.get("/relabelling/{request_id}")
def progress(
    request: Request, request_id: int, _visitor: AnalystVisitor, about: str = "", change_id: int | None = None
) -> HTMLResponse:
    """How far a wish is, as a fragment."""
    return past_fragment(request, request_id, about=about, change_id=change_id)


@router.post("/changes/{change_id}/undo")
def undo(request: Request, change_id: int, visitor: AnalystVisitor) -> HTMLResponse:
    """Take a change back, and let the record follow."""
    undone = undo_change(site_of(request), change_id, visitor.name)
    if undone is None:
        answer = render(request, "people/noted.html", {"words": "Shown again", "change_id": None})
        answer.headers["HX-Trigger"] = CHANGED
        return answer
    return past_fragment(request, undone)
