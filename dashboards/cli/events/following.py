"""The events of a log that somebody wants to see: each once, those told before and those to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.errors import TransportLost
from pipeline.events.events import SightingEvent, decode_event
from workers.wire.event_log import EVENTS, FIRST, EventLog, LogEntry

LOOKED_BACK = 1000
"""Events among which those told before are searched; with a picture each, about 10 MB."""
AT_ONCE = 100
WAIT_S = 1.0
"""Longest wait in the server, in seconds, so that Ctrl-C is heard."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted."""

    cameras: frozenset[str] = frozenset()
    """All of them when empty."""
    person_id: str | None = None

    def fits(self, event: SightingEvent) -> bool:
        is_camera = not self.cameras or event.source_id in self.cameras
        return is_camera and self.person_id in {None, event.person_id}


@dataclass(frozen=True, slots=True)
class Before:
    """What was told before somebody began to follow."""

    events: list[SightingEvent]
    after: str
    """The entry from which on to follow."""
    seen: frozenset[str]
    """Ids of events that may be told again."""


def newest(log: EventLog, wanted: EventFilter, count: int) -> Before:
    """The last `count` events that are wanted, in their order. Raises `TransportLost`."""
    entries = log.latest(EVENTS, LOOKED_BACK)
    events = list({event.event_id: event for event in _events(entries)}.values())
    fitting = [event for event in events if wanted.fits(event)]
    return Before(
        events=fitting[-count:] if count else [],
        after=entries[-1].entry_id if entries else FIRST,
        seen=frozenset(event.event_id for event in events),
    )


def following(
    log: EventLog, wanted: EventFilter, before: Before, await_server: Callable[[TransportLost], None]
) -> Iterator[SightingEvent]:
    """The wanted events from there on, each once, without end; `await_server` waits after a loss, or raises it."""
    after = before.after
    seen = dict.fromkeys(before.seen)
    while True:
        try:
            entries = log.read(EVENTS, after, AT_ONCE, WAIT_S)
        except TransportLost as error:
            await_server(error)
            continue
        after = entries[-1].entry_id if entries else after
        fresh = {event.event_id: event for event in _events(entries) if event.event_id not in seen}
        seen.update(dict.fromkeys(fresh))
        for old in list(seen)[: max(0, len(seen) - 2 * LOOKED_BACK)]:
            del seen[old]
        yield from (event for event in fresh.values() if wanted.fits(event))


def _events(entries: Iterable[LogEntry]) -> Iterator[SightingEvent]:
    return (decode_event(entry.data) for entry in entries)
