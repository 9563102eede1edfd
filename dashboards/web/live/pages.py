"""The live page and its streams."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import AnyVisitor
from dashboards.web.live import camera_pages
from dashboards.web.live.board import CardFilter, CardState
from dashboards.web.live.feeds import feeds_of, live_feeds
from dashboards.web.live.streaming import stream_pictures, stream_sightings
from dashboards.web.live.views import ONE_WIDTH, WALL_WIDTH, Drawing, camera_names, live_page, shown_cameras
from dashboards.web.rendering import render, site_of
from pipeline.control.audit import AuditLog
from pipeline.errors import NotFound
from workers.wire.views import Picture

router = APIRouter(include_in_schema=False, lifespan=live_feeds)

SNAPSHOT_S = 2.0
"""How long a single picture is waited for, in seconds."""
SEND_TIMEOUT_S = 15
"""A browser that takes nothing for so long, in seconds, is given up."""
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""Tells a reverse proxy to pass on what comes at once."""
KEEP = {"Cache-Control": "private, max-age=600"}

PLACE = re.compile(r"\d{1,16}-\d{1,16}")
"""A place in the log of events."""

Name = Annotated[str, Query(max_length=200)]


def asked_for(camera: Name = "", person: Name = "", state: Name = "") -> CardFilter:
    """The filters of the address; a state that there is not is none."""
    chosen = CardState(state) if state in set(CardState) else None
    return CardFilter(camera or None, person or None, chosen)


Asked = Annotated[CardFilter, Depends(asked_for)]


@router.get("/live")
def show(request: Request, visitor: AnyVisitor, wanted: Asked) -> HTMLResponse:
    """Cameras, and sightings as they happen."""
    site, feed = site_of(request), feeds_of(request).feed
    feed.start()
    if wanted.person_id:
        AuditLog(site.control).append("live", wanted.person_id, who=visitor.name)
    page = live_page(site, feed, wanted, datetime.now(UTC))
    return render(request, "live/page.html", {"page": page, "wanted": wanted, "states": list(CardState)})


@router.get("/live/states")
def states(request: Request, _visitor: AnyVisitor, camera: Name = "") -> HTMLResponse:
    """How the cameras on the wall are doing, each to be put in its place."""
    now = datetime.now(UTC)
    cameras = shown_cameras(site_of(request), camera or None, now)
    return render(request, "live/states.html", {"cameras": cameras, "now": now})


@router.get("/live/events")
async def events(request: Request, visitor: AnyVisitor, asked: Asked, after: Name = "") -> EventSourceResponse:
    """Cards as they change and alerts, from the place `after` on, or from where a browser's last connection broke."""
    feed, zone = feeds_of(request).feed, site_of(request).zone
    place = request.headers.get("last-event-id", after)
    await run_in_threadpool(feed.start)
    if asked.person_id:  # a browser comes again every few minutes
        await run_in_threadpool(
            AuditLog(site_of(request).control).append_anew, "live", asked.person_id, who=visitor.name
        )
    told = stream_sightings(feed, place if PLACE.fullmatch(place) else "", asked, Drawing(zone))
    return EventSourceResponse(told, ping=SEND_TIMEOUT_S, send_timeout=SEND_TIMEOUT_S, headers=UNBUFFERED)


@router.get("/live/pictures")
async def pictures(request: Request, _visitor: AnyVisitor, camera: Annotated[list[str], Query()]) -> StreamingResponse:
    """What cameras show, with the faces in view, as they come."""
    known = await run_in_threadpool(camera_names, site_of(request))
    asked = sorted(known.intersection(camera))
    if not asked:
        raise NotFound("there is no such camera")
    width = ONE_WIDTH if len(asked) == 1 else WALL_WIDTH
    shots = stream_pictures(feeds_of(request).wall, asked, width)
    return StreamingResponse(shots, media_type="application/octet-stream", headers=UNBUFFERED)


@router.get("/live/pictures/{camera}.jpg")
def picture(request: Request, camera: str, _visitor: AnyVisitor, last: bool = False) -> Response:
    """One picture of a camera: as it is now, or else the last one before it went away.

    `last` asks for nothing but the latter, and is answered with nothing when there is none.
    """
    wall, found = feeds_of(request).wall, None
    if camera not in camera_names(site_of(request)):
        raise NotFound("there is no such camera")
    if not last:
        rung = threading.Event()
        with wall.looking([camera], WALL_WIDTH, rung.set) as glance:
            rung.wait(SNAPSHOT_S)
            found = next((shot.picture for shot in glance.take() if shot.picture), None)
    found = found or wall.last(camera)
    if found is None and last:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return _jpeg(found)


@router.get("/live/faces/{sighting_id}")
def face(request: Request, sighting_id: str, _visitor: AnyVisitor) -> Response:
    """The best face of a sighting that was told of lately."""
    jpeg = feeds_of(request).feed.face(sighting_id)
    if jpeg is None:
        raise NotFound("this face is not at hand (any more)")
    return Response(jpeg, media_type="image/jpeg", headers=KEEP)


def _jpeg(found: Picture | None) -> Response:
    if found is None:
        raise NotFound("this camera has shown nothing yet")
    return Response(found.jpeg, media_type="image/jpeg")


router.include_router(camera_pages.router)
