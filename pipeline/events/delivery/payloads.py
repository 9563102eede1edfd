"""What a webhook's body says: one JSON object an event, documented in `docs/events.md`."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.events.delivery.notices import AlertNotice, InView, Notice, SightingNotice


class WebhookBody(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery; its `event_id` is also a header."""

    type: str
    """facetrail.sighting, facetrail.alert or facetrail.test."""
    event_id: str
    event: dict[str, Any]
    """The event's fields; times as ISO 8601 in UTC, the picture as base64."""
    in_view: InView | None = None
    """Whom the camera sees after a sighting's event."""


def webhook_body(notice: Notice, *, thumbnails: bool, is_test: bool = False) -> bytes:
    """The JSON of `notice`, in UTF-8; without `thumbnails` its picture is null."""
    is_alert = isinstance(notice, AlertNotice)
    body = WebhookBody(
        type="facetrail.test" if is_test else f"facetrail.{'alert' if is_alert else 'sighting'}",
        event_id=notice.event.event_id,
        event=event_fields(notice, thumbnails=thumbnails),
        in_view=notice.in_view if isinstance(notice, SightingNotice) else None,
    )
    return msgspec.json.encode(body)


def event_fields(notice: Notice, *, thumbnails: bool) -> dict[str, Any]:
    """The event as JSON's own kinds of values."""
    event = notice.event
    shown = event if thumbnails else msgspec.structs.replace(event, thumb_jpeg=None)
    fields: dict[str, Any] = msgspec.to_builtins(shown)
    return fields
