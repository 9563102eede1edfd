"""What delivery makes of each event, in the order they come: notices, with the alerts that follow from it.

A fold: the state after an event depends on the state before and the event, and is kept with what it led to in one
transaction, so that starts and ends balance whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

import msgspec

from pipeline.errors import MessageError
from pipeline.events.delivery.notices import AlertNotice, Notice, SightingNotice, look_around
from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.watch.alerts import AlertEvent
from pipeline.events.watch.watching import WatchRule, WatchState, expire, watch

SILENCE = timedelta(hours=7)
"""A live run is begun anew after six hours at most, which ends its sightings: one that is silent for longer is lost."""


class IntakeState(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered between two events."""

    open_sightings: dict[str, SightingEvent] = {}
    """Sightings that have not ended -> their last event, without its picture."""
    watching: WatchState = WatchState()


class Taken(msgspec.Struct, frozen=True):
    """What an event led to."""

    state: IntakeState
    notices: tuple[Notice, ...]


def take(state: IntakeState, event: SightingEvent, rules: Iterable[WatchRule], zone: tzinfo) -> Taken:
    """The notices of `event`: its own, and those of the alerts that it starts or ends."""
    kept = dict(state.open_sightings)
    before = kept.pop(event.sighting_id, None)
    if event.kind is not EventKind.END:
        kept[event.sighting_id] = msgspec.structs.replace(event, thumb_jpeg=None)
    own = SightingNotice(event=event, before=before, in_view=look_around(kept, event.source_id))
    watched = watch(state.watching, event, rules, zone, _heir_of(event, kept))
    alerts = _notices(watched.alerts, watched.state)
    return Taken(IntakeState(open_sightings=kept, watching=watched.state), (own, *alerts))


def tidy(state: IntakeState, now: datetime) -> Taken:
    """Let go of what nothing was heard of for so long that its end must have been lost."""
    kept = {key: event for key, event in state.open_sightings.items() if now - event.captured_at < SILENCE}
    watched = expire(state.watching, now, SILENCE)
    alerts = _notices(watched.alerts, watched.state)
    return Taken(IntakeState(open_sightings=kept, watching=watched.state), alerts)


def encode_state(state: IntakeState) -> bytes:
    """The state as it is kept."""
    return msgspec.msgpack.encode(state)


def decode_state(data: bytes) -> IntakeState:
    """Raises `MessageError` for what is no state."""
    try:
        return msgspec.msgpack.decode(data, type=IntakeState)
    except msgspec.DecodeError as error:
        raise MessageError(f"no state of event delivery: {error}") from error


def _heir_of(event: SightingEvent, still_open: Mapping[str, SightingEvent]) -> SightingEvent | None:
    """The sighting that goes on for one that ends as part of it; None when it has ended before."""
    if event.kind is not EventKind.END or event.part_of is None:
        return None
    return still_open.get(event.part_of)


def _notices(alerts: Iterable[AlertEvent], after: WatchState) -> tuple[AlertNotice, ...]:
    """The alerts with how many of their entry are open once all of them are told."""
    open_after = [alert.start.watch for alert in after.open]
    return tuple(AlertNotice(event=alert, n_open=open_after.count(alert.watch)) for alert in alerts)
