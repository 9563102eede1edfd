"""The page of cameras: which there are, how they are doing; for admins to add, try, switch and remove them."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AdminVisitor, AnyVisitor
from dashboards.web.live.camera_changes import EnteredCamera, add_camera, remove_camera, switch_camera, try_camera
from dashboards.web.rendering import render, site_of
from pipeline.cameras.listing import listed_cameras
from pipeline.video.live.connecting.address import RtspTransport

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]
Transport = Annotated[RtspTransport, Form()]


@router.get("/live/cameras")
def show(request: Request, _visitor: AnyVisitor) -> HTMLResponse:
    """The cameras."""
    return _render(request, "live/cameras.html")


@router.get("/live/cameras/rows")
def rows(request: Request, _visitor: AnyVisitor) -> HTMLResponse:
    """The cameras alone, for a page that looks again and again."""
    return _render(request, "live/camera_rows.html")


@router.post("/live/cameras")
def add(
    request: Request,
    visitor: AdminVisitor,
    name: Text,
    address: Text,
    password: Text = "",
    transport: Transport = RtspTransport.TCP,
) -> HTMLResponse:
    """Keep a camera; a running `facetrail up` begins to read it within seconds."""
    entered = EnteredCamera(address.strip(), password, transport)
    added = add_camera(site_of(request), name.strip(), entered, visitor.name)
    return _changed(request, f"{added} is added")


@router.post("/live/cameras/test")
def try_out(
    request: Request,
    _visitor: AdminVisitor,
    address: Text,
    password: Text = "",
    transport: Transport = RtspTransport.TCP,
) -> HTMLResponse:
    """What a camera sends, and whom the detector finds in its last picture: tried in a process of its own."""
    report = try_camera(site_of(request), EnteredCamera(address.strip(), password, transport))
    snapshot = "data:image/jpeg;base64," + b64encode(report.snapshot_jpeg).decode()
    return render(request, "live/trial.html", {"report": report, "snapshot": snapshot})


@router.post("/live/cameras/{name}/enable")
def enable(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Let a camera be read."""
    switch_camera(site_of(request), name, enabled=True, who=visitor.name)
    return _changed(request, f"{name} is enabled")


@router.post("/live/cameras/{name}/disable")
def disable(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Keep a camera, and do not read it."""
    switch_camera(site_of(request), name, enabled=False, who=visitor.name)
    return _changed(request, f"{name} is disabled")


@router.delete("/live/cameras/{name}")
def remove(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Forget a camera and its password; what was seen by it stays."""
    remove_camera(site_of(request), name, visitor.name)
    return _changed(request, f"{name} is removed; what it saw stays")


def _changed(request: Request, words: str) -> HTMLResponse:
    answer = _render(request, "live/camera_rows.html")
    answer.headers["HX-Trigger"] = json.dumps({"note": {"words": words, "kind": "good"}, "camerasChanged": True})
    return answer


def _render(request: Request, template: str) -> HTMLResponse:
    site, now = site_of(request), datetime.now(UTC)
    cameras = listed_cameras(site.control, site.settings, now)
    return render(request, template, {"cameras": cameras, "now": now, "transports": list(RtspTransport)})
