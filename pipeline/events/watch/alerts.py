"""An alert: somebody on a watch list is there. It starts once and ends once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from pipeline.sightings.rows import Status

VERSION = 1
"""Of the event; it is raised when a field changes its meaning or goes, and not when one is added."""


class AlertPhase(StrEnum):
    """Whether it begins or is over."""

    START = "start"
    END = "end"


class AlertReason(StrEnum):
    """Why an alert is over."""

    GONE = "gone"  # the last sighting of it has ended
    RENAMED = "renamed"  # whom it was about turned out to be somebody else
    LOST = "lost"  # nothing was heard of its sightings for so long that their ends must have been lost


class AlertEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The start or the end of an alert. Times are UTC and time-zone aware; absent values are None."""

    version: int = VERSION
    event_id: str
    """The same whenever the same event is told again."""
    alert_id: str
    """The same at start and end."""
    phase: AlertPhase
    watch: str
    """The name of the entry below `watch:` in the settings."""
    source_id: str
    """The camera."""
    status: Status
    person_id: str | None = None
    person_name: str | None = None
    score: float | None = None
    sighting_ids: tuple[str, ...]
    """All that were part of it so far."""
    started_at: datetime
    ended_at: datetime | None = None
    reason: AlertReason | None = None
    """Why it is over; None at the start."""
    captured_at: datetime
    """When the camera took the picture that set it off, or ended it."""
    emitted_at: datetime
    thumb_jpeg: bytes | None = None
