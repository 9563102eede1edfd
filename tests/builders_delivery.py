"""Events and what is made of them, with defaults, for tests of watch lists and delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.events.delivery.notices import AlertNotice, InView, SightingNotice
from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.watch.alerts import AlertEvent, AlertPhase
from pipeline.sightings.rows import Status

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
JPEG = b"\xff\xd8 a face \xff\xd9"


def make_event(kind: str = "new", second: float = 0.0, sighting: str = "s_1", **given: Any) -> SightingEvent:
    """An event of somebody unknown at the camera `door`, `second` seconds after `BEGIN`; `person` makes her known."""
    moment = BEGIN + timedelta(seconds=second)
    person = given.pop("person", None)
    values: dict[str, Any] = {
        "event_id": f"{sighting}_{kind}_{second:g}",
        "kind": EventKind(kind),
        "sighting_id": sighting,
        "source_id": "door",
        "status": Status.KNOWN if person else Status.UNKNOWN,
        "person_id": f"p_{person.lower()}" if person else None,
        "person_name": person,
        "score": 0.7 if person else None,
        "encoder": "sface",
        "gallery_version": 1,
        "run_id": "r_1",
        "track_ids": ("t_1",),
        "n_faces": 3,
        "started_at": moment,
        "last_seen_at": moment,
        "ended_at": moment if kind == "end" else None,
        "captured_at": moment,
        "emitted_at": moment,
        "media_s": second,
        "box_xywh": (0.1, 0.2, 0.3, 0.4),
    }
    return SightingEvent(**{**values, **given})


def make_notice(number: int = 1, **given: Any) -> SightingNotice:
    """The notice of a sighting's first event; `number` tells one from another."""
    event = make_event(second=number, sighting=f"s_{number}", **given)
    return SightingNotice(event=event, in_view=InView(1, ("Ada",) if event.person_name else ()))


def make_alert(phase: AlertPhase = AlertPhase.START, n_open: int = 1) -> AlertNotice:
    """The notice of an alert."""
    event = AlertEvent(
        event_id=f"a_1_{phase}",
        alert_id="a_1",
        phase=phase,
        watch="strangers",
        source_id="door",
        status=Status.UNKNOWN,
        sighting_ids=("s_1",),
        started_at=BEGIN,
        captured_at=BEGIN,
        emitted_at=BEGIN,
        thumb_jpeg=JPEG,
    )
    return AlertNotice(event=event, n_open=n_open)
