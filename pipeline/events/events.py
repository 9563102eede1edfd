"""An event: one moment in a sighting's life, as other programs are told of it.

A sighting begins once (`new`), may change (`update`), and ends once (`end`); whoever follows the three needs no other
source. The same event may arrive more than once, under the same `event_id`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from pipeline.errors import MessageError
from pipeline.sightings.rows import Status

EVENT_VERSION = 1
"""Raised whenever a field changes its meaning or goes; a field that is added leaves it as it is."""


class EventKind(StrEnum):
    """Where in its life the sighting is."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


class SightingEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a sighting at one moment; times are UTC, by the camera's clock unless they say else."""

    version: int = EVENT_VERSION
    event_id: str
    """The sighting's id and a number that counts its events; a repeat has the same."""
    kind: EventKind
    sighting_id: str
    """`s_` and the id of its first track: the same as in the record."""
    part_of: str | None = None
    """The sighting that this one has turned out to belong to, and under whose id the record has it; None mostly."""
    source_id: str
    status: Status
    person_id: str | None = None
    person_name: str | None = None
    """Only when KNOWN."""
    candidate_id: str | None = None
    candidate_name: str | None = None
    """Who it may be, when UNCERTAIN; not a name to be taken for one."""
    score: float | None = None
    """Cosine of the track's template with the person's mean reference; None without a gallery or a useful face."""
    margin: float | None = None
    threshold: float | None = None
    encoder: str
    gallery_version: int
    run_id: str
    track_ids: tuple[str, ...]
    n_faces: int
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None
    """When the face was last seen; only in an `end`."""
    captured_at: datetime
    """When the camera took the newest picture that this event knows of."""
    arrived_at: datetime | None = None
    """When that picture, or the newest before it, reached us, by our own clock; None when nobody noted it."""
    emitted_at: datetime
    """When the event was made, by our own clock."""
    media_s: float
    """The time of that newest picture since the run began, in seconds."""
    box_xywh: tuple[float, float, float, float]
    """The best face's box: left, top, width, height as parts of the frame, 0..1."""
    thumb_jpeg: bytes | None = None
    """A loose crop of the best face so far, when it is new; None leaves the one of an earlier event standing."""


def encode_event(event: SightingEvent) -> bytes:
    """The event as JSON; the picture is base64 in it, and times are ISO 8601."""
    return msgspec.json.encode(event)


def decode_event(data: bytes) -> SightingEvent:
    """The event of `encode_event`; raises `MessageError` for anything else, and for an event of another version."""
    try:
        event = msgspec.json.decode(data, type=SightingEvent)
    except msgspec.DecodeError as error:
        raise MessageError(f"an event of {len(data)} bytes cannot be read: {error}") from error
    if event.version != EVENT_VERSION:
        raise MessageError(f"an event has version {event.version}, this program reads {EVENT_VERSION}")
    return event
