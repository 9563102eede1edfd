"""A camera as somebody enters it, checked and made complete before it is kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.cameras.configured import configured_cameras
from pipeline.config import CameraSettings, Settings
from pipeline.control.live.cameras import StoredCamera
from pipeline.errors import InputError
from pipeline.video.live.connecting.address import CameraKind, RtspTransport, parse_address


def enter_camera(
    name: str,
    address: str,
    *,
    password: str | None,
    rtsp_transport: RtspTransport,
    settings: Settings,
    at: datetime,
) -> StoredCamera:
    """The camera to keep, enabled; a `password` belongs to the user in the address.

    Raises `InputError` when the settings file has a camera of that name, and `SettingsError` for a name or an address
    that cannot be.
    """
    if name in settings.cameras:
        raise InputError(f"{name} is a camera of the settings file, and is changed there")
    url = complete_address(address, password)
    entered = CameraSettings.of(url, enabled=True, rtsp_transport=rtsp_transport)
    configured_cameras({name: entered}, settings.options(), {})
    return StoredCamera(name=name, url=url, enabled=True, rtsp_transport=rtsp_transport, added_at=at)


def complete_address(address: str, password: str | None) -> str:
    """The address with the password in it, and a file's whole path, whose place is where it was given."""
    parsed = parse_address(address, password=password)
    if parsed.kind is CameraKind.FILE:
        return f"file:{Path(parsed.target).resolve()}"
    return f"device:{parsed.target}" if parsed.kind is CameraKind.DEVICE else parsed.target
