"""The page of cameras: which there are, how they are doing; for admins to add, try, switch and remove them."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AdminVisitor, AnyVisitor
from dashboards.web.failures import TooOften
from dashboards.web.rendering import render, site_of
from dashboards.web.security.roots import camera_from_page
from dashboards.web.site import Site
from pipeline.camera_entry import enter_camera
from pipeline.camera_listing import listed_cameras
from pipeline.control.audit import AuditLog
from pipeline.control.cameras import Cameras
from pipeline.errors import InputError, SettingsError
from pipeline.video.live.address import CameraKind, RtspTransport
from workers.camera_trial import TrialRequest, try_apart

router = APIRouter(include_in_schema=False)

TRIALS = threading.Semaphore(1)
"""One trial at a time in a process: each has a detector of its own."""

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
    site = site_of(request)
    url = _checked(site, address, password)
    try:
        camera = enter_camera(
            name.strip(), url, password=None, rtsp_transport=transport, settings=site.settings, at=datetime.now(UTC)
        )
    except SettingsError as error:
        raise InputError(str(error)) from error
    Cameras(site.control).add(camera)
    return _changed(request, visitor.name, "camera add", camera.name, f"{camera.name} is added")


@router.post("/live/cameras/test")
def try_out(
    request: Request,
    _visitor: AdminVisitor,
    address: Text,
    password: Text = "",
    transport: Transport = RtspTransport.TCP,
) -> HTMLResponse:
    """What a camera sends, and whom the detector finds in its last picture: tried in a process of its own."""
    site = site_of(request)
    url = _checked(site, address, password)
    if not TRIALS.acquire(blocking=False):
        raise TooOften("another camera is being tried; try again in some seconds")
    try:
        report = try_apart(TrialRequest(url=url, rtsp_transport=transport), site.settings)
    finally:
        TRIALS.release()
    snapshot = "data:image/jpeg;base64," + b64encode(report.snapshot_jpeg).decode()
    return render(request, "live/trial.html", {"report": report, "snapshot": snapshot})


@router.post("/live/cameras/{name}/enable")
def enable(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Let a camera be read."""
    _own(request, name).set_enabled(name, enabled=True)
    return _changed(request, visitor.name, "camera enable", name, f"{name} is enabled")


@router.post("/live/cameras/{name}/disable")
def disable(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Keep a camera, and do not read it."""
    _own(request, name).set_enabled(name, enabled=False)
    return _changed(request, visitor.name, "camera disable", name, f"{name} is disabled")


@router.delete("/live/cameras/{name}")
def remove(request: Request, visitor: AdminVisitor, name: str) -> HTMLResponse:
    """Forget a camera and its password; what was seen by it stays."""
    _own(request, name).remove(name)
    return _changed(request, visitor.name, "camera remove", name, f"{name} is removed; what it saw stays")


def _own(request: Request, name: str) -> Cameras:
    """The cameras of the database; raises `InputError` when this is one of the settings file."""
    site = site_of(request)
    if name in site.settings.cameras:
        raise InputError(f"{name} is a camera of the settings file, and is changed there")
    return Cameras(site.control)


def _checked(site: Site, address: str, password: str) -> str:
    """The whole address, with the password in it; a file only below the roots. Raises `InputError`, `Forbidden`."""
    try:
        checked = camera_from_page(address.strip(), site.settings.web.footage_roots, password=password or None)
    except SettingsError as error:
        raise InputError(str(error)) from error
    local = checked.kind in {CameraKind.FILE, CameraKind.DEVICE}
    return f"{checked.kind.value}:{checked.target}" if local else checked.target


def _changed(request: Request, who: str, action: str, name: str, words: str) -> HTMLResponse:
    AuditLog(site_of(request).control).append(action, name, who=who)
    answer = _render(request, "live/camera_rows.html")
    answer.headers["HX-Trigger"] = json.dumps({"note": {"words": words, "kind": "good"}, "camerasChanged": True})
    return answer


def _render(request: Request, template: str) -> HTMLResponse:
    site, now = site_of(request), datetime.now(UTC)
    cameras = listed_cameras(site.control, site.settings, now)
    return render(request, template, {"cameras": cameras, "now": now, "transports": list(RtspTransport)})
