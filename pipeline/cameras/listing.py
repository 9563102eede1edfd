"""The cameras there are and how each is doing, for people to see: no password is needed to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.config import Settings
from pipeline.control.database import Control
from pipeline.control.live.camera_states import CameraState, CameraStates
from pipeline.control.live.cameras import CameraEntry, Cameras
from pipeline.video.live.connecting.address import hide_secrets

SILENT = timedelta(seconds=6)
"""A camera of which nothing was said for so long is read by nobody; who reads it says something every second."""


class Standing(StrEnum):
    """How a camera is doing, in a word."""

    CONNECTED = "connected"
    AWAY = "away"
    NOT_READ = "not read"  # nobody has looked after it for some seconds
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCamera:
    """One camera as it is listed."""

    name: str
    address: str
    """With stars for what may be secret."""
    enabled: bool
    is_from_file: bool
    """Whether the settings file names it, where alone it can be changed."""
    rtsp_transport: str
    standing: Standing
    state: CameraState | None
    """What its process says; None unless one reads it now."""
    seen_at: datetime | None
    """When a process last said something of it."""

    @property
    def since(self) -> datetime | None:
        """Since when it is so, as far as is known."""
        return self.state.since if self.state else self.seen_at

    @property
    def dropped_share(self) -> float:
        """The part of this connection's samples that was left out, 0..1."""
        return self.state.n_dropped / self.state.n_samples if self.state and self.state.n_samples else 0.0


def listed_cameras(control: Control, settings: Settings, now: datetime) -> Sequence[ListedCamera]:
    """The cameras of the settings, then those of the database by name."""
    states = CameraStates(control).by_name()
    of_file = [
        CameraEntry(
            name=name,
            shown=hide_secrets(camera.url.get_secret_value()),
            enabled=camera.enabled,
            rtsp_transport=camera.rtsp_transport,
        )
        for name, camera in settings.cameras.items()
    ]
    stored = Cameras(control).entries()
    return [_listed(entry, states.get(entry.name), now, is_from_file=True) for entry in of_file] + [
        _listed(entry, states.get(entry.name), now, is_from_file=False) for entry in stored
    ]


def standing_of(state: CameraState | None, now: datetime, *, enabled: bool) -> Standing:
    """How a camera is doing by what was last said of it."""
    if not enabled:
        return Standing.DISABLED
    if state is None or now - state.updated_at > SILENT:
        return Standing.NOT_READ
    return Standing.CONNECTED if state.is_connected else Standing.AWAY


def _listed(entry: CameraEntry, state: CameraState | None, now: datetime, *, is_from_file: bool) -> ListedCamera:
    standing = standing_of(state, now, enabled=entry.enabled)
    return ListedCamera(
        name=entry.name,
        address=entry.shown,
        enabled=entry.enabled,
        is_from_file=is_from_file,
        rtsp_transport=entry.rtsp_transport.value,
        standing=standing,
        state=state if standing in {Standing.CONNECTED, Standing.AWAY} else None,
        seen_at=state.updated_at if state else None,
    )
