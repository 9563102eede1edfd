"""Footage over the API: listed, followed, stopped, gone on with, its start corrected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.problems import problems
from dashboards.web.api.sources.footage_values import Footage, FootageDetails, SourceValue, footage, footage_details
from dashboards.web.api.sources.run_values import RUN_CURSOR, parse_run_cursor, run_cursor
from dashboards.web.api.values import ApiBody, ApiValue, Moment, SourceId
from dashboards.web.failures import Conflict
from dashboards.web.footage.changes import go_on_with, move_start, remove_upload, stop_footage
from dashboards.web.footage.keeping import keeper_of
from dashboards.web.footage.views import lines_of, one_footage, one_line
from dashboards.web.rendering import site_of
from pipeline.control.audit import AuditLog
from pipeline.control.work.footage_list import FootageList, FootageQuery
from pipeline.control.work.run_records import RunState
from pipeline.control.work.sources import Sources
from pipeline.reports.gathering import gather_report
from pipeline.reports.html.rendering import render_report
from pipeline.sightings.filtering import SightingFilter

router = APIRouter(tags=["footage"])


class SourcesList(ApiValue):
    """Everything that was ever looked at."""

    sources: tuple[SourceValue, ...]


class FootageListed(ListPage):
    """Files, each with its latest run, the newest first."""

    footage: tuple[Footage, ...]


class Start(ApiBody):
    """When media began."""

    start: Moment


@router.get("/sources", operation_id="list_sources")
def list_sources(request: Request, _visitor: AnyVisitor) -> SourcesList:
    """Every camera and every file that was ever looked at, with what it is called."""
    found = Sources(site_of(request).control).list()
    return SourcesList(sources=tuple(SourceValue.model_validate(source) for source in found))


@router.get("/footage", operation_id="list_footage")
def list_footage(
    request: Request,
    response: Response,
    _visitor: AnyVisitor,
    state: Annotated[list[RunState], Query(max_length=7, description="In these states.")] = [],  # noqa: B006 # never changed
    q: Annotated[str, Query(max_length=200, description="A part of the name, in any case.")] = "",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str, Query(pattern=RUN_CURSOR, description="Where an earlier page ended.")] = "",
) -> FootageListed:
    """Footage with how far it is, and whom it shows so far."""
    site = site_of(request)
    query = FootageQuery(states=frozenset(state) or None, text=q.strip())
    page = FootageList(site.control).find(query, limit, parse_run_cursor(cursor))
    lines = lines_of(site, keeper_of(request), page.runs)
    return FootageListed(
        footage=tuple(footage(line) for line in lines),
        next_cursor=lead_on(request, response, page.after and run_cursor(page.after)),
    )


@router.get("/footage/{source_id}", operation_id="get_footage", responses=problems(404))
def get_footage(request: Request, _visitor: AnyVisitor, source_id: SourceId) -> FootageDetails:
    """One file: how far it is, what became of its samples, and who is in it."""
    return footage_details(one_footage(site_of(request), keeper_of(request), source_id))


@router.get(
    "/footage/{source_id}/report",
    operation_id="get_footage_report",
    response_class=HTMLResponse,
    responses={200: {"description": "A page that needs nothing but itself."}, **problems(404)},
)
def get_report(request: Request, visitor: AnyVisitor, source_id: SourceId) -> HTMLResponse:
    """The report of one file as a page of HTML, to be kept."""
    site = site_of(request)
    one_line(site, keeper_of(request), source_id)
    AuditLog(site.control).append("report", "", who=visitor.name, detail=source_id)
    return HTMLResponse(
        render_report(gather_report(site.control, SightingFilter(source_ids=frozenset({source_id})), site.zone))
    )


@router.post("/footage/{source_id}/cancel", operation_id="cancel_footage", responses=problems(404, 409))
def cancel(request: Request, visitor: AnalystVisitor, source_id: SourceId) -> Footage:
    """Stop an analysis where it is; what was found stays, and it can go on later."""
    site = site_of(request)
    stop_footage(site, one_line(site, keeper_of(request), source_id).run, who=visitor.name)
    return footage(one_line(site, keeper_of(request), source_id))


@router.post("/footage/{source_id}/resume", operation_id="resume_footage", responses=problems(404, 409))
def resume(request: Request, visitor: AnalystVisitor, source_id: SourceId) -> Footage:
    """Let an analysis that was cancelled or failed go on where it stopped."""
    site = site_of(request)
    go_on_with(site, one_line(site, keeper_of(request), source_id).run, who=visitor.name)
    return footage(one_line(site, keeper_of(request), source_id))


@router.put("/footage/{source_id}/start", operation_id="set_footage_start", responses=problems(404, 409))
def put_start(request: Request, visitor: AnalystVisitor, source_id: SourceId, body: Start) -> Footage:
    """Correct when the media of a file began: all its sightings move along."""
    site = site_of(request)
    if one_line(site, keeper_of(request), source_id).run.state.is_active:
        raise Conflict("it is being analysed; correct its start afterwards")
    move_start(site, source_id, body.start, who=visitor.name)
    return footage(one_line(site, keeper_of(request), source_id))


@router.delete("/footage/{source_id}/file", operation_id="remove_footage_file", responses=problems(404, 409))
def remove_file(request: Request, visitor: AnalystVisitor, source_id: SourceId) -> FootageDetails:
    """Remove an uploaded file; what was found in it stays on record."""
    site = site_of(request)
    remove_upload(site, one_footage(site, keeper_of(request), source_id), who=visitor.name)
    return footage_details(one_footage(site, keeper_of(request), source_id))
