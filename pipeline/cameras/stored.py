"""All cameras there are: those of the settings, and those that were entered by a command."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.cameras.configured import Camera, configured_cameras, join_cameras
from pipeline.config import CameraSettings, Settings
from pipeline.control.database import Control
from pipeline.control.live.cameras import Cameras


def known_cameras(control: Control, settings: Settings, environment: Mapping[str, str]) -> tuple[Camera, ...]:
    """The cameras of the settings, then those of the database; raises `SettingsError` for one that is in both."""
    options = settings.options()
    return join_cameras(
        configured_cameras(settings.cameras, options, environment),
        configured_cameras(_stored(control), options, environment),
    )


def _stored(control: Control) -> dict[str, CameraSettings]:
    return {
        camera.name: CameraSettings.of(camera.url, enabled=camera.enabled, rtsp_transport=camera.rtsp_transport)
        for camera in Cameras(control).list()
    }
