"""An event that never was, to try a target with."""

from __future__ import annotations

from datetime import datetime

from pipeline.events.delivery.notices import SightingNotice
from pipeline.events.events import EventKind, SightingEvent
from pipeline.sightings.rows import Status

TRIAL = "test"
"""The camera of a test event, and the beginning of its ids."""


def trial_notice(now: datetime) -> SightingNotice:
    """The beginning of a sighting of nobody, at a camera that is not there."""
    event = SightingEvent(
        event_id=f"{TRIAL}_{now:%Y%m%dT%H%M%S%f}",
        kind=EventKind.NEW,
        sighting_id=f"s_{TRIAL}",
        source_id=TRIAL,
        status=Status.UNKNOWN,
        encoder="",
        gallery_version=0,
        run_id=f"r_{TRIAL}",
        track_ids=(),
        n_faces=0,
        started_at=now,
        last_seen_at=now,
        captured_at=now,
        emitted_at=now,
        media_s=0.0,
        box_xywh=(0.0, 0.0, 0.0, 0.0),
    )
    return SightingNotice(event=event)
