"""The page of one sighting, the same as a panel beside the timeline, and its clip."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from dashboards.web.access import AnyVisitor, Role, Visitor
from dashboards.web.rendering import render, site_of
from dashboards.web.timeline.clip_orders import clip_key, clip_order
from dashboards.web.timeline.clips import ClipState, desk_of
from dashboards.web.timeline.evidence import SightingEvidence, evidence_of
from dashboards.web.timeline.under_way import under_way_page
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.listing import PeopleListing
from pipeline.errors import NotFound
from pipeline.sightings.rows import SightingRow, Status

router = APIRouter()

KINDS = {"mp4": "video/mp4", "jpg": "image/jpeg"}
MOST_NAMES = 1000
"""Names that are offered while typing."""
KEEP = "private, max-age=3600"


@router.get("/sightings/{sighting_id}")
def sighting(request: Request, sighting_id: str, visitor: AnyVisitor) -> Response:
    """The evidence of a sighting; as a panel for htmx. Looking at somebody with a name stands in the audit log."""
    site = site_of(request)
    try:
        row = site.catalogue.get(sighting_id)
    except NotFound:
        is_part = "HX-Request" in request.headers
        page = None if is_part else under_way_page(request, sighting_id, visitor)
        if page is None:
            raise
        return page
    return _evidence_page(request, row, visitor)


def _evidence_page(request: Request, row: SightingRow, visitor: Visitor) -> HTMLResponse:
    site = site_of(request)
    found = evidence_of(site, row)
    if found.row.status is Status.KNOWN and found.row.person_id:
        AuditLog(site.control).append("evidence", found.row.person_id, who=visitor.name, detail=row.sighting_id)
    is_panel = bool(request.headers.get("HX-Request"))
    names = PeopleListing(site.control).names(limit=MOST_NAMES) if visitor.role >= Role.ANALYST else []
    values = {**_clip_values(request, found), "evidence": found, "is_panel": is_panel, "names": names}
    return render(request, "timeline/panel.html" if is_panel else "timeline/sighting.html", values)


@router.get("/sightings/{sighting_id}/clip")
def clip(request: Request, sighting_id: str, _visitor: AnyVisitor) -> HTMLResponse:
    """Where the clip stands; asks for itself again while it is on its way."""
    site = site_of(request)
    found = evidence_of(site, site.catalogue.get(sighting_id))
    return render(request, "timeline/clip.html", {**_clip_values(request, found), "evidence": found})


@router.post("/sightings/{sighting_id}/clip")
def order_clip(request: Request, sighting_id: str, _visitor: AnyVisitor) -> HTMLResponse:
    """Have the clip cut."""
    site, desk = site_of(request), desk_of(request)
    found = evidence_of(site, site.catalogue.get(sighting_id))
    if found.source is None or found.footage_problem is not None:
        raise NotFound(found.footage_problem or "the record does not say where the footage is")
    state = desk.order(clip_order(site, found.row, found.source, desk.folder))
    return render(request, "timeline/clip.html", {"clip": state, "evidence": found})


@router.get("/sightings/{sighting_id}/clip.{kind}")
def clip_file(request: Request, sighting_id: str, kind: str, _visitor: AnyVisitor) -> FileResponse:
    """The clip, or its best moment, once it is cut; answers requests for a part, as players send them."""
    state = desk_of(request).clip(clip_key(site_of(request).catalogue.get(sighting_id)))
    path = {"mp4": state.video, "jpg": state.still}.get(kind)
    if path is None:
        raise NotFound("this clip is not there (any more)")
    return FileResponse(path, media_type=KINDS[kind], headers={"Cache-Control": KEEP})


def _clip_values(request: Request, found: SightingEvidence) -> dict[str, Any]:
    state = desk_of(request).clip(clip_key(found.row)) if found.footage_problem is None else ClipState()
    return {"clip": state}
