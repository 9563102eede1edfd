"""How an event is shown: a line for people, a document for scripts; pictures are left out of both."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from dashboards.cli.output import answers, emit_json
from pipeline.events.events import EventKind, SightingEvent
from pipeline.sightings.rows import Status

STYLES = {EventKind.NEW: "green", EventKind.UPDATE: "cyan", EventKind.END: "dim"}


def print_events(events: Sequence[SightingEvent], zone: tzinfo, *, as_json: bool) -> None:
    """All of them, as one document or as lines."""
    if as_json:
        emit_json({"events": [payload(event) for event in events]})
    elif events:
        print_lines(events, zone, as_json=False)
    else:
        answers().print("no events")


def print_lines(events: Sequence[SightingEvent], zone: tzinfo, *, as_json: bool) -> None:
    """A line each; as JSON, a document a line."""
    for event in events:
        if as_json:
            _emit_line(event)
        else:
            style = STYLES[event.kind]
            answers().print(line(event, zone), style=style, markup=False, soft_wrap=True)


def line(event: SightingEvent, zone: tzinfo) -> str:
    """When, what, where, who and how sure: `09:30:05.2  new     front_door  Ada (0.91)  s_...`."""
    at = event.captured_at.astimezone(zone)
    moment = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 100_000}"
    stayed = ""
    if event.ended_at is not None:
        stayed = f"  after {(event.ended_at - event.started_at).total_seconds():.1f} s"
    part = f", part of {event.part_of}" if event.part_of else ""
    return f"{moment}  {event.kind.value:<6}  {event.source_id}  {_who(event)}  {event.sighting_id}{part}{stayed}"


def payload(event: SightingEvent) -> dict[str, Any]:
    """The event for scripts: its fields, without the picture."""
    import msgspec

    return {name: value for name, value in msgspec.structs.asdict(event).items() if name != "thumb_jpeg"}


def _who(event: SightingEvent) -> str:
    score = "" if event.score is None else f" ({event.score:.2f})"
    if event.status is Status.KNOWN:
        return f"{event.person_name}{score}"
    if event.status is Status.UNCERTAIN:
        return f"uncertain, perhaps {event.candidate_name}{score}"
    return "unknown"


def _emit_line(event: SightingEvent) -> None:
    import msgspec

    sys.stdout.buffer.write(msgspec.json.encode(payload(event)) + b"\n")
    sys.stdout.flush()
