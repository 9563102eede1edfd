"""Notices: what a target is told, an event with what it takes to make sense of it alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from pipeline.errors import MessageError
from pipeline.events.events import SightingEvent
from pipeline.events.watch.alerts import AlertEvent


class NoticeKind(StrEnum):
    """What a notice tells of."""

    NEW = "new"
    UPDATE = "update"
    END = "end"
    ALERT = "alert"


class InView(msgspec.Struct, frozen=True):
    """Whom a camera sees, right after an event."""

    n_people: int = 0
    """Sightings that have begun and not ended."""
    names: tuple[str, ...] = ()
    """Of those who are known, sorted, each once."""


class SightingNotice(msgspec.Struct, frozen=True, kw_only=True, tag="sighting"):
    """An event of a sighting's life."""

    event: SightingEvent
    before: SightingEvent | None = None
    """The sighting's event before this one, without its picture; None at its first."""
    in_view: InView = InView()

    @property
    def kind(self) -> NoticeKind:
        return NoticeKind(self.event.kind.value)


class AlertNotice(msgspec.Struct, frozen=True, kw_only=True, tag="alert"):
    """The start or end of an alert."""

    event: AlertEvent
    n_open: int
    """Alerts of the same watch-list entry that are open after this one."""

    @property
    def kind(self) -> NoticeKind:
        return NoticeKind.ALERT


Notice = SightingNotice | AlertNotice


def encode_notice(notice: Notice) -> bytes:
    """The notice as it lies in the queue."""
    return msgspec.msgpack.encode(notice)


def decode_notice(data: bytes) -> Notice:
    """Raises `MessageError` for what is no notice."""
    try:
        notice: Notice = msgspec.msgpack.decode(data, type=SightingNotice | AlertNotice)
    except msgspec.DecodeError as error:
        raise MessageError(f"no notice: {error}") from error
    return notice


def look_around(open_sightings: Mapping[str, SightingEvent], source_id: str) -> InView:
    """Whom the camera sees, from the last events of the sightings that have not ended."""
    here = [event for event in open_sightings.values() if event.source_id == source_id]
    names = {event.person_name for event in here if event.person_name is not None}
    return InView(len(here), tuple(sorted(names)))


def phase_of(notice: Notice) -> str:
    """The word for what happened: new, update, end; or start, end of an alert."""
    event = notice.event
    return event.phase.value if isinstance(event, AlertEvent) else event.kind.value
