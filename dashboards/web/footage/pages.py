"""Footage: submit it, follow it, stop it and go on, and see what is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnyVisitor
from dashboards.web.footage import changes, sending
from dashboards.web.footage.asked import known_detectors
from dashboards.web.footage.keeping import keeper_of
from dashboards.web.footage.resuming import uploads_of
from dashboards.web.footage.views import FootageView, list_arrivals, list_footage, one_footage, one_line
from dashboards.web.rendering import render, site_of
from pipeline.control.audit import AuditLog
from pipeline.control.work.footage_list import parse_footage_cursor
from pipeline.reports.gathering import gather_report
from pipeline.reports.html.rendering import render_report
from pipeline.sightings.filtering import SightingFilter

router = APIRouter(include_in_schema=False)


@router.get("/footage")
def footage(request: Request, visitor: AnyVisitor, view: str = "", q: str = "", after: str = "") -> HTMLResponse:
    """All footage, and what came lately."""
    site = site_of(request)
    values = {
        "listed": _list(request, view, q, after),
        "shown": list_arrivals(site, datetime.now(UTC)),
        "is_first": not after,
        "detectors": known_detectors(),
        "most_upload_mb": site.settings.web.most_upload_mb,
        "unfinished": uploads_of(request).of(visitor.name),
    }
    return render(request, "footage/list.html", values)


@router.get("/footage/lines")
def lines(request: Request, _visitor: AnyVisitor, view: str = "", q: str = "", after: str = "") -> HTMLResponse:
    """The list alone."""
    return render(request, "footage/lines_beside.html", {"listed": _list(request, view, q, after), "is_beside": True})


@router.get("/footage/arrivals")
def arrivals(request: Request, _visitor: AnyVisitor, marker: str = "") -> HTMLResponse:
    """What came lately; the page hears when there is new footage since `marker`."""
    shown = list_arrivals(site_of(request), datetime.now(UTC))
    answer = render(request, "footage/arrivals.html", {"shown": shown})
    if shown.marker != marker:
        answer.headers["HX-Trigger"] = "footage-taken"
    return answer


router.include_router(sending.router)  # before the pages of single files, whose addresses would fit, too


@router.get("/footage/{source_id}")
def one(request: Request, source_id: str, _visitor: AnyVisitor) -> HTMLResponse:
    """One file: its facts, what became of its samples, and who is in it."""
    shown = one_footage(site_of(request), keeper_of(request), source_id)
    template = "footage/one_parts.html" if request.headers.get("HX-Request") else "footage/one.html"
    return render(request, template, {"shown": shown})


@router.get("/footage/{source_id}/line")
def line(request: Request, source_id: str, _visitor: AnyVisitor) -> HTMLResponse:
    """One file of the list; once it has ended, the counts above the list have changed, too, and the page is told."""
    shown = one_line(site_of(request), keeper_of(request), source_id)
    answer = render(request, "footage/line.html", {"line": shown})
    if not shown.run.state.is_active:
        answer.headers["HX-Trigger"] = "footage-taken"
    return answer


@router.get("/footage/{source_id}/report")
def report(request: Request, source_id: str, visitor: AnyVisitor) -> HTMLResponse:
    """The HTML report of one file, to be kept."""
    site = site_of(request)
    label = one_line(site, keeper_of(request), source_id).run.label
    AuditLog(site.control).append("report", "", who=visitor.name, detail=source_id)
    page = gather_report(site.control, SightingFilter(source_ids=frozenset({source_id})), site.zone)
    disposition = f"attachment; filename*=UTF-8''{quote(label)}.html"
    return HTMLResponse(render_report(page), headers={"Content-Disposition": disposition})


router.include_router(changes.router)


def _list(request: Request, view: str, text: str, after: str) -> FootageView:
    cursor = parse_footage_cursor(after) if after else None
    return list_footage(site_of(request), keeper_of(request), view, text.strip(), cursor)
