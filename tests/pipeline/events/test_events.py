"""An event travels whole, and what is none is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from pipeline.errors import MessageError
from pipeline.events.events import EVENT_VERSION, EventKind, SightingEvent, decode_event, encode_event
from pipeline.sightings.rows import Status

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def make_event(**values: object) -> SightingEvent:
    known = {
        "event_id": "e_1_0",
        "kind": EventKind.NEW,
        "sighting_id": "s_1",
        "source_id": "door",
        "status": Status.UNKNOWN,
        "encoder": "sface",
        "gallery_version": 3,
        "run_id": "r_1",
        "track_ids": ("t_1",),
        "n_faces": 2,
        "started_at": AT,
        "last_seen_at": AT,
        "captured_at": AT,
        "emitted_at": AT,
        "media_s": 1.5,
        "box_xywh": (0.1, 0.2, 0.3, 0.4),
    }
    return msgspec.convert({**known, **values}, SightingEvent)


def test_event_travels_whole() -> None:
    event = make_event(thumb_jpeg=b"\xff\xd8picture", person_name="Zoë")

    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff\xfe"])
def test_what_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        decode_event(data)


def test_event_of_another_version_is_refused() -> None:
    data = encode_event(make_event(version=EVENT_VERSION + 1))

    with pytest.raises(MessageError, match="version"):
        decode_event(data)
