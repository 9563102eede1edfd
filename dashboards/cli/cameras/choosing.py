"""From what somebody types for a camera, a name or an address, to the camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboards.cli.session import Session, open_database

if TYPE_CHECKING:
    from pipeline.cameras.configured import Camera
    from pipeline.video.live.connecting.address import RtspTransport

UNNAMED = "camera"


def cameras_of(session: Session) -> Sequence[Camera]:
    """The cameras of the settings, and of the data folder if there is one; raises `SettingsError` for a wrong one."""
    import os

    from pipeline.cameras.configured import configured_cameras
    from pipeline.cameras.stored import known_cameras

    if not session.has_database:
        return configured_cameras(session.settings.cameras, session.settings.options(), os.environ)
    with open_database(session) as control:
        return known_cameras(control, session.settings, os.environ)


def choose_camera(session: Session, text: str, transport: RtspTransport | None) -> Camera:
    """The camera of that name, or at that address; raises `NotFound` or `SettingsError`."""
    from pipeline.cameras.configured import Camera, camera_named
    from pipeline.video.live.connecting.address import RtspTransport, parse_address

    if ":" not in text:
        camera = camera_named(cameras_of(session), text)
    else:
        options = session.settings.options()
        camera = Camera(name=UNNAMED, address=parse_address(text), enabled=True, options=options)
    kept = camera.address.rtsp_transport
    return replace(camera, address=replace(camera.address, rtsp_transport=RtspTransport(transport or kept)))
