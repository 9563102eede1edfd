"""What goes to an MQTT broker, with Frigate's habits: topics, payloads, what is retained.

<prefix>/available                     online, offline (retained; offline is also the last will)
<prefix>/events                        every event of a sighting: {"type", "before", "after"}
<prefix>/alerts                        every start and end of an alert
<prefix>/watch/<name>                  ON, OFF: is an alert of this watch list open? (retained)
<prefix>/<camera>/person               how many people are in view (retained)
<prefix>/<camera>/person/names         who of them is known, as a JSON list (retained)
<prefix>/<camera>/person/snapshot      the latest face, as a JPEG (retained)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from pipeline.events.delivery.notices import AlertNotice, Notice, SightingNotice
from pipeline.events.delivery.payloads import event_fields
from pipeline.events.events import SightingEvent

ONLINE = b"online"
OFFLINE = b"offline"
ON = b"ON"
OFF = b"OFF"


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """One message to a broker."""

    topic: str
    payload: bytes
    retained: bool = False
    """The broker keeps it for those who come later."""


def availability(prefix: str, *, is_online: bool) -> MqttMessage:
    """Whether events are being delivered."""
    return MqttMessage(f"{prefix}/available", ONLINE if is_online else OFFLINE, retained=True)


def messages_of(notice: Notice, prefix: str, *, thumbnails: bool) -> tuple[MqttMessage, ...]:
    """All that the broker is told about a notice; the event itself comes last."""
    if isinstance(notice, AlertNotice):
        return tuple(_of_alert(notice, prefix, thumbnails=thumbnails))
    return tuple(_of_sighting(notice, prefix, thumbnails=thumbnails))


def _of_alert(notice: AlertNotice, prefix: str, *, thumbnails: bool) -> Iterator[MqttMessage]:
    yield MqttMessage(f"{prefix}/watch/{notice.event.watch}", ON if notice.n_open else OFF, retained=True)
    yield MqttMessage(f"{prefix}/alerts", msgspec.json.encode(event_fields(notice, thumbnails=thumbnails)))


def _of_sighting(notice: SightingNotice, prefix: str, *, thumbnails: bool) -> Iterator[MqttMessage]:
    event, place = notice.event, f"{prefix}/{notice.event.source_id}/person"
    if thumbnails and event.thumb_jpeg is not None:
        yield MqttMessage(f"{place}/snapshot", event.thumb_jpeg, retained=True)
    yield MqttMessage(f"{place}/names", msgspec.json.encode(notice.in_view.names), retained=True)
    yield MqttMessage(place, str(notice.in_view.n_people).encode(), retained=True)
    change = {
        "type": event.kind.value,
        "before": None if notice.before is None else _as_frigate(notice.before),
        "after": _as_frigate(event),
    }
    yield MqttMessage(f"{prefix}/events", msgspec.json.encode(change))


def _as_frigate(event: SightingEvent) -> dict[str, Any]:
    """The event by the names that automations for Frigate know, and by ours where Frigate has none.

    Times are seconds since 1970, boxes are left, top, right, bottom as parts of the picture.
    """
    left, top, width, height = event.box_xywh
    return {
        "id": event.sighting_id,
        "event_id": event.event_id,
        "camera": event.source_id,
        "label": "person",
        "sub_label": event.person_name,
        "status": event.status.value,
        "person_id": event.person_id,
        "candidate_id": event.candidate_id,
        "candidate_name": event.candidate_name,
        "score": event.score,
        "threshold": event.threshold,
        "frame_time": event.captured_at.timestamp(),
        "start_time": event.started_at.timestamp(),
        "end_time": _seconds(event.ended_at),
        "box": [left, top, left + width, top + height],
        "has_snapshot": event.thumb_jpeg is not None,
        "n_faces": event.n_faces,
        "media_s": event.media_s,
        "run_id": event.run_id,
        "part_of": event.part_of,
    }


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
