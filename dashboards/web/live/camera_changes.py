"""What the page and the API do with cameras: adding, trying, switching and removing them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dashboards.web.failures import TooOften
from dashboards.web.security.roots import camera_from_page
from pipeline.cameras.entry import enter_camera
from pipeline.control.audit import AuditLog
from pipeline.control.live.cameras import Cameras
from pipeline.errors import InputError, SettingsError
from pipeline.video.live.connecting.address import CameraKind, RtspTransport
from workers.live.camera_trial import TrialReport, TrialRequest, try_apart

if TYPE_CHECKING:
    from dashboards.web.site import Site

TRIALS = threading.Semaphore(1)
"""One trial at a time in a process: each has a detector of its own."""


@dataclass(frozen=True, slots=True)
class EnteredCamera:
    """A camera as somebody entered it."""

    address: str = field(repr=False)
    password: str = field(default="", repr=False)
    """Of the user in the address; empty when it needs none, or has it already."""
    transport: RtspTransport = RtspTransport.TCP


def add_camera(site: Site, name: str, entered: EnteredCamera, who: str) -> str:
    """Keep a camera; its name. Raises `InputError` for a name or an address that cannot be, and `Forbidden`."""
    url = _checked(site, entered)
    try:
        camera = enter_camera(
            name, url, password=None, rtsp_transport=entered.transport, settings=site.settings, at=datetime.now(UTC)
        )
    except SettingsError as error:
        raise InputError(str(error)) from error
    Cameras(site.control).add(camera)
    AuditLog(site.control).append("camera add", camera.name, who=who)
    return camera.name


def try_camera(site: Site, entered: EnteredCamera) -> TrialReport:
    """What a camera sends; raises `SourceLost`, `InputError`, `Forbidden`, and `TooOften` while another is tried."""
    url = _checked(site, entered)
    if not TRIALS.acquire(blocking=False):
        raise TooOften("another camera is being tried; try again in some seconds")
    try:
        return try_apart(TrialRequest(url=url, rtsp_transport=entered.transport), site.settings)
    finally:
        TRIALS.release()


def switch_camera(site: Site, name: str, *, enabled: bool, who: str) -> None:
    """Let a camera be read, or keep it unread; raises `NotFound`, and `InputError` for one of the settings file."""
    _own(site, name).set_enabled(name, enabled=enabled)
    AuditLog(site.control).append("camera enable" if enabled else "camera disable", name, who=who)


def remove_camera(site: Site, name: str, who: str) -> None:
    """Forget a camera and its password; what was seen by it stays. Raises as `switch_camera`."""
    _own(site, name).remove(name)
    AuditLog(site.control).append("camera remove", name, who=who)


def _own(site: Site, name: str) -> Cameras:
    """The cameras of the database; raises `InputError` when this is one of the settings file."""
    if name in site.settings.cameras:
        raise InputError(f"{name} is a camera of the settings file, and is changed there")
    return Cameras(site.control)


def _checked(site: Site, entered: EnteredCamera) -> str:
    """The whole address, with the password in it; a file only below the roots. Raises `InputError`, `Forbidden`."""
    try:
        roots = site.settings.web.footage_roots
        checked = camera_from_page(entered.address, roots, password=entered.password or None)
    except SettingsError as error:
        raise InputError(str(error)) from error
    local = checked.kind in {CameraKind.FILE, CameraKind.DEVICE}
    return f"{checked.kind.value}:{checked.target}" if local else checked.target
