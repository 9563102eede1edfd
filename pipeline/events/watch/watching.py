"""Watch lists: from the life of sightings to alerts that start once and end once.

A rule names whom it is about (people, anybody unknown, or strangers seen several times), cameras and hours. What it
finds at one camera is one alert, however many sightings it takes; the alert ends with the last of them, and for the
cool-down after that there is no other about the same person (or strangers) at the same camera. Hours decide whether an
alert may start, not when it ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import msgspec

from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.watch.alerts import AlertEvent, AlertPhase, AlertReason
from pipeline.events.watch.hours import HourSpan, is_within
from pipeline.sightings.rows import Status

STRANGER = "unknown"
"""The subject of a sighting of somebody unknown who has no id."""


@dataclass(frozen=True, slots=True)
class UnknownSeen:
    """Strangers count from the n-th sighting within a time on."""

    times: int
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """Whom to watch for, where, when."""

    name: str
    people: frozenset[str] = frozenset()
    """Names, in lower case, or ids."""
    any_unknown: bool = False
    unknown_seen: UnknownSeen | None = None
    cameras: frozenset[str] = frozenset()
    """Empty: all of them."""
    hours: tuple[HourSpan, ...] = ()
    """Empty: always."""
    cooldown_s: float = 0.0


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that has started and not ended."""

    start: AlertEvent
    """As it was told, without its picture."""
    subject: str
    present: tuple[str, ...]
    """Those of its sightings that have not ended."""
    all_sightings: tuple[str, ...]
    touched_at: datetime


class Seen(msgspec.Struct, frozen=True):
    """One sighting of a stranger that a rule counts."""

    sighting_id: str
    at: datetime


class WatchState(msgspec.Struct, frozen=True, kw_only=True):
    """All that watching remembers between two events."""

    open: tuple[OpenAlert, ...] = ()
    rests: dict[str, datetime] = {}
    """Rule and subject -> when the cool-down is over."""
    seen: dict[str, tuple[Seen, ...]] = {}
    """Rule and stranger -> the sightings that count."""


class Watched(msgspec.Struct, frozen=True):
    """What an event led to."""

    state: WatchState
    alerts: tuple[AlertEvent, ...]


def watch(
    state: WatchState,
    event: SightingEvent,
    rules: Iterable[WatchRule],
    zone: tzinfo,
    heir: SightingEvent | None = None,
) -> Watched:
    """The alerts that `event` starts or ends; hours are those of `zone`.

    `heir` is the sighting, as it was told last, that goes on for one that ends because it has become part of it.
    """
    rules = tuple(rules)
    state = _counted(state, event, rules, heir)
    left = _leave(_inherited(state, event, heir), event, {rule.name: rule.cooldown_s for rule in rules}, heir)
    if event.kind is EventKind.END:
        return left
    state, alerts = left.state, list(left.alerts)
    for rule in rules:
        if _is_about(rule, event, state):
            joined = _join(state, event, rule, zone)
            state, alerts = joined.state, [*alerts, *joined.alerts]
    return Watched(state, tuple(alerts))


def expire(state: WatchState, now: datetime, silence: timedelta) -> Watched:
    """End the alerts of whose sightings nothing was heard for `silence`."""
    lost = tuple(alert for alert in state.open if now - alert.touched_at >= silence)
    kept = tuple(alert for alert in state.open if alert not in lost)
    alerts = tuple(_end(alert, alert.touched_at, now, AlertReason.LOST) for alert in lost)
    return Watched(msgspec.structs.replace(state, open=kept), alerts)


def subject_of(event: SightingEvent) -> str | None:
    """Whom a sighting is about, at its camera; None while nobody can say."""
    if event.status is Status.UNCERTAIN:
        return None
    return f"{event.person_id or STRANGER}@{event.source_id}"


def _is_about(rule: WatchRule, event: SightingEvent, state: WatchState) -> bool:
    if rule.cameras and event.source_id not in rule.cameras:
        return False
    if event.status is Status.KNOWN:
        return event.person_id in rule.people or (event.person_name or "").lower() in rule.people
    if event.status is not Status.UNKNOWN:
        return False
    return rule.any_unknown or _has_been_seen(rule, event, state)


def _has_been_seen(rule: WatchRule, event: SightingEvent, state: WatchState) -> bool:
    wanted = rule.unknown_seen
    return wanted is not None and len(state.seen.get(_stranger_key(rule, event), ())) >= wanted.times


def _counted(
    state: WatchState, event: SightingEvent, rules: Iterable[WatchRule], heir: SightingEvent | None
) -> WatchState:
    """The state with `event`'s sighting among those counted, if it is a stranger's, and out of them if not.

    One with an heir is none of its own: that counts, or does not.
    """
    counts = dict(state.seen)
    for rule in rules:
        if rule.unknown_seen is not None and (not rule.cameras or event.source_id in rule.cameras):
            for key in [key for key in counts if key.startswith(f"{rule.name}|")]:
                counts[key] = tuple(_still_counting(counts[key], event, rule.unknown_seen, heir))
            if event.status is Status.UNKNOWN and heir is None:
                key = _stranger_key(rule, event)
                known = counts.get(key, ())
                is_new = all(seen.sighting_id != event.sighting_id for seen in known)
                counts[key] = (*known, Seen(event.sighting_id, event.captured_at)) if is_new else known
    return msgspec.structs.replace(state, seen={key: seen for key, seen in counts.items() if seen})


def _still_counting(
    counted: Iterable[Seen], event: SightingEvent, wanted: UnknownSeen, heir: SightingEvent | None
) -> Iterator[Seen]:
    earliest = event.captured_at - timedelta(seconds=wanted.within_s)
    is_no_stranger = event.status is Status.KNOWN or heir is not None
    for seen in counted:
        if seen.at >= earliest and not (is_no_stranger and seen.sighting_id == event.sighting_id):
            yield seen


def _inherited(state: WatchState, event: SightingEvent, heir: SightingEvent | None) -> WatchState:
    """The state with the heir in the place of the sighting that has ended, unless it is known as somebody else."""
    if heir is None:
        return state
    alerts = (
        _passed_on(alert, event, heir.sighting_id) if _may_inherit(alert, event, heir) else alert
        for alert in state.open
    )
    return msgspec.structs.replace(state, open=tuple(alerts))


def _may_inherit(alert: OpenAlert, event: SightingEvent, heir: SightingEvent) -> bool:
    """A name that the ended sighting brings is told of its heir a moment later: only another name speaks against it."""
    is_somebody_else = heir.status is Status.KNOWN and subject_of(heir) != alert.subject
    return event.sighting_id in alert.present and not is_somebody_else


def _passed_on(alert: OpenAlert, event: SightingEvent, heir_id: str) -> OpenAlert:
    present = dict.fromkeys(heir_id if each == event.sighting_id else each for each in alert.present)
    return msgspec.structs.replace(
        alert,
        present=tuple(present),
        all_sightings=tuple(dict.fromkeys((*alert.all_sightings, heir_id))),
        touched_at=event.captured_at,
    )


def _leave(state: WatchState, event: SightingEvent, cooldowns: dict[str, float], heir: SightingEvent | None) -> Watched:
    """Take a sighting that has ended, or is of somebody else after all, out of its alerts; end those left empty."""
    kept: list[OpenAlert] = []
    alerts: list[AlertEvent] = []
    rests = {key: until for key, until in state.rests.items() if until > event.captured_at}
    for alert in state.open:
        reason = _reason_to_leave(alert, event, heir)
        present = tuple(each for each in alert.present if each != event.sighting_id or reason is None)
        if present:
            touched_at = event.captured_at if event.sighting_id in alert.present else alert.touched_at
            kept.append(msgspec.structs.replace(alert, present=present, touched_at=touched_at))
            continue
        ended_at = event.ended_at or event.captured_at
        alerts.append(_end(alert, ended_at, event.emitted_at, reason or AlertReason.GONE))
        rest = timedelta(seconds=cooldowns.get(alert.start.watch, 0.0))
        rests[_rest_key(alert.start.watch, alert.subject)] = event.captured_at + rest
    return Watched(msgspec.structs.replace(state, open=tuple(kept), rests=rests), tuple(alerts))


def _reason_to_leave(alert: OpenAlert, event: SightingEvent, heir: SightingEvent | None) -> AlertReason | None:
    if event.sighting_id not in alert.present:
        return None
    if event.kind is EventKind.END:
        return AlertReason.GONE if heir is None else AlertReason.RENAMED
    return AlertReason.RENAMED if subject_of(event) not in {None, alert.subject} else None


def _join(state: WatchState, event: SightingEvent, rule: WatchRule, zone: tzinfo) -> Watched:
    """Make the sighting part of the rule's open alert about the same subject, or start one."""
    subject = subject_of(event) or ""
    for place, alert in enumerate(state.open):
        if (alert.start.watch, alert.subject) == (rule.name, subject):
            joined = (*state.open[:place], _with(alert, event), *state.open[place + 1 :])
            return Watched(msgspec.structs.replace(state, open=joined), ())
    is_resting = _rest_key(rule.name, subject) in state.rests
    if is_resting or not is_within(rule.hours, event.captured_at, zone):
        return Watched(state, ())
    start = _start(rule, event)
    opened = OpenAlert(
        start=msgspec.structs.replace(start, thumb_jpeg=None),
        subject=subject,
        present=(event.sighting_id,),
        all_sightings=(event.sighting_id,),
        touched_at=event.captured_at,
    )
    return Watched(msgspec.structs.replace(state, open=(*state.open, opened)), (start,))


def _with(alert: OpenAlert, event: SightingEvent) -> OpenAlert:
    sighting = event.sighting_id
    return msgspec.structs.replace(
        alert,
        present=alert.present if sighting in alert.present else (*alert.present, sighting),
        all_sightings=alert.all_sightings if sighting in alert.all_sightings else (*alert.all_sightings, sighting),
        touched_at=event.captured_at,
    )


def _start(rule: WatchRule, event: SightingEvent) -> AlertEvent:
    alert_id = "a_" + hashlib.sha256(f"{rule.name}|{event.event_id}".encode()).hexdigest()[:16]
    return AlertEvent(
        event_id=f"{alert_id}_start",
        alert_id=alert_id,
        phase=AlertPhase.START,
        watch=rule.name,
        source_id=event.source_id,
        status=event.status,
        person_id=event.person_id,
        person_name=event.person_name,
        score=event.score,
        sighting_ids=(event.sighting_id,),
        started_at=event.captured_at,
        captured_at=event.captured_at,
        emitted_at=event.emitted_at,
        thumb_jpeg=event.thumb_jpeg,
    )


def _end(alert: OpenAlert, ended_at: datetime, now: datetime, reason: AlertReason) -> AlertEvent:
    return msgspec.structs.replace(
        alert.start,
        event_id=f"{alert.start.alert_id}_end",
        phase=AlertPhase.END,
        sighting_ids=alert.all_sightings,
        ended_at=ended_at,
        reason=reason,
        captured_at=ended_at,
        emitted_at=now,
    )


def _rest_key(rule: str, subject: str) -> str:
    return f"{rule}|{subject}"


def _stranger_key(rule: WatchRule, event: SightingEvent) -> str:
    return f"{rule.name}|{event.person_id or STRANGER}"
