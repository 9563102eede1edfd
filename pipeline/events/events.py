"""An event: one moment in the life of a sighting, as other systems are told of it.

A sighting is `new` once, then changes in any number of `update`s, and `end`s once; nothing about a sighting comes
before its `new` or after its `end`. The same event may be told twice, always under the same `event_id`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from pipeline.sightings.rows import Status

VERSION = 1
"""Of the event; it is raised when a field changes its meaning or goes, and not when one is added."""


class EventKind(StrEnum):
    """What happened to a sighting."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


class SightingEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a sighting at one moment. Times are UTC and time-zone aware; absent values are None."""

    version: int = VERSION
    event_id: str
    """The same whenever the same event is told again."""
    kind: EventKind
    sighting_id: str
    """The same as in the record."""
    source_id: str
    """The camera."""
    run_id: str
    track_ids: tuple[str, ...]
    n_faces: int
    status: Status
    person_id: str | None = None
    """Only when the person is known."""
    person_name: str | None = None
    candidate_id: str | None = None
    """Who it may be, when uncertain."""
    candidate_name: str | None = None
    score: float | None = None
    """Cosine similarity of the best person, -1..1; None without anybody enrolled."""
    margin: float | None = None
    """The score's lead over the second person; None with a single person enrolled."""
    threshold: float
    """What the score is held against."""
    encoder: str
    gallery_version: int
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None
    """When the person was last seen, once the sighting has ended."""
    captured_at: datetime
    """When the camera took the picture that the event is about."""
    arrived_at: datetime | None = None
    """When that picture reached us, where that is known."""
    emitted_at: datetime
    """When the event was made."""
    media_s: float
    """That picture's seconds since the run began."""
    box_xywh: tuple[float, float, float, float] | None = None
    """Left, top, width and height of the face in that picture, as parts (0..1) of its width and height."""
    thumb_jpeg: bytes | None = None
    """The best face so far, cut out loosely."""
