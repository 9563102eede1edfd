"""How each camera is doing, as the process that reads it says every second."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from pipeline.control.database import Control
from pipeline.control.live.camera_tables import camera_states


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraState:
    """One camera at one moment."""

    name: str
    is_connected: bool
    since: datetime
    """When it became so, UTC."""
    problem: str | None
    """Why it is not connected, in words; None while it is, or while nobody has tried yet."""
    updated_at: datetime
    """When this was said; long ago means that nobody reads the camera."""
    fps: float = 0.0
    """Pictures a second that it sends."""
    n_samples: int = 0
    """Cells of the time grid of this connection."""
    n_dropped: int = 0
    """Of these, left out because something was behind."""
    n_failed: int = 0
    """Of these, without a picture, or with a damaged one."""
    lag_s: float = 0.0
    """How much later than the quickest one its latest picture came, in seconds."""


class CameraStates:
    """The states of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def report(self, state: CameraState) -> None:
        """Let this be how the camera is doing."""
        values = asdict(state)
        with self._control.writing() as transaction:
            change = update(camera_states).where(camera_states.c.name == state.name).values(values)
            if transaction.connection.execute(change).rowcount == 0:
                transaction.connection.execute(insert(camera_states).values(values))

    def by_name(self) -> dict[str, CameraState]:
        """The states of all cameras that were ever read."""
        with self._control.reading() as transaction:
            return {row.name: _state(row) for row in transaction.connection.execute(select(camera_states))}


def _state(row: Row[Any]) -> CameraState:
    return CameraState(**row._asdict())
