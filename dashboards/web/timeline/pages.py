"""People by time, and the evidence of each sighting."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from dashboards.web.access import AnyVisitor
from dashboards.web.rendering import render
from dashboards.web.timeline import evidence_pages
from dashboards.web.timeline.asking import Asked, AskedTimeline, iso
from dashboards.web.timeline.drawing import drawn
from dashboards.web.timeline.lines import LinesAsked, draw_lines
from dashboards.web.timeline.window import RANGES, Window, range_of, step_from
from pipeline.control.audit import AuditLog
from pipeline.sightings.catalogue.queries import parse_cursor
from pipeline.sightings.rows import Status

router = APIRouter(include_in_schema=False)
router.include_router(evidence_pages.router)

TABLE_ROWS = 25
LINES = 60
MOST_LINES = 500
MOST_LANE_PX = 8000
MARGIN = 1.0
"""How much is drawn on each side of what is seen, in its own lengths, so that moving it shows something at once."""


@router.get("/timeline")
def timeline(request: Request, visitor: AnyVisitor, asked: Asked) -> HTMLResponse:
    """The page; its picture is fetched from `/timeline/picture`, its table stands in it."""
    _note_look(asked, visitor.name)
    return render(request, "timeline/page.html", {**_page_values(asked), **_table_values(asked, "")})


@router.get("/timeline/table")
def table(request: Request, visitor: AnyVisitor, asked: Asked, after: str = "") -> HTMLResponse:
    """The sightings of the picture as rows, or the next ones of them."""
    _note_look(asked, visitor.name, is_part=True)
    template = "timeline/rows.html" if after else "timeline/table.html"
    return render(request, template, _table_values(asked, after))


@router.get("/timeline/picture")
def picture(visitor: AnyVisitor, asked: Asked, width: int = 1000, lines: int = LINES) -> JSONResponse:
    """What is drawn: lines with bars or densities and the axis, for three times the stretch that is seen."""
    _note_look(asked, visitor.name, is_part=True)
    lane_px = round(min(max(width, 100), MOST_LANE_PX) * (1 + 2 * MARGIN))
    wanted = LinesAsked(
        query=asked.filters.query,
        window=asked.window.widened(MARGIN),
        lane_px=lane_px,
        most_lines=min(max(lines, 1), MOST_LINES),
    )
    site = asked.site
    found = draw_lines(site.catalogue, asked.words.people, wanted)
    is_reading = site.catalogue.state().is_reading
    return JSONResponse(drawn(found, wanted, asked.words.sources, site.zone, is_reading=is_reading))


def _page_values(asked: AskedTimeline) -> dict[str, Any]:
    site, filters, window = asked.site, asked.filters, asked.window
    state = site.catalogue.state()
    name, at = range_of(window, site.zone), iso(window.middle)
    beside = {way: step_from(window, name, site.zone, way) for way in (-1, 1)}
    return {
        "filters": filters,
        "window": window,
        "statuses": list(Status),
        "range": name,
        "since": iso(window.since),
        "until": iso(window.until),
        "ranges": [(one, filters.address("/timeline", range=one, at=at)) for one in RANGES],
        "everything": filters.address("/timeline", range="all"),
        "earlier": filters.address("/timeline", **_ends(beside[-1])),
        "later": filters.address("/timeline", **_ends(beside[1])),
        "picture_address": filters.address("/timeline/picture"),
        "table_address": filters.address("/timeline/table"),
        "day": window.middle.astimezone(site.zone).date().isoformat(),
        "has_any": state.n_sightings > 0,
        "is_reading": state.is_reading,
    }


def _table_values(asked: AskedTimeline, after: str) -> dict[str, Any]:
    query = asked.filters.query_within(asked.window)
    page = asked.site.catalogue.find(query, TABLE_ROWS, parse_cursor(after) if after else None)
    more = {**_ends(asked.window), "after": str(page.after)}
    return {
        "sightings": page.sightings,
        "more": asked.filters.address("/timeline/table", **more) if page.after else None,
        "words": asked.words,
        "n_found": 0 if after else asked.site.catalogue.count(query),
    }


def _ends(window: Window) -> dict[str, str]:
    return {"from": iso(window.since), "to": iso(window.until)}


def _note_look(asked: AskedTimeline, who: str, *, is_part: bool = False) -> None:
    """Whoever looks at the timeline of somebody with a name stands in the audit log; for parts of the page, once."""
    log = AuditLog(asked.site.control)
    note = log.append_anew if is_part else log.append
    for person_id in asked.filters.people:
        if person_id in asked.words.people:
            note("timeline", person_id, who=who)
