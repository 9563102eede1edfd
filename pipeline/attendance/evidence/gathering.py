"""From what was read of the record to the evidence that days are judged by: which visits and which watchers count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from pipeline.attendance.evidence.record import RecordedRun
from pipeline.attendance.evidence.watching import Watch, WatchedMinutes, WatchedSource, Watchers, join_minutes
from pipeline.attendance.evidence.world import World
from pipeline.attendance.rows import Evidence, Visit, in_order
from pipeline.attendance.rules.settings import AttendanceSettings, PunchesBy
from pipeline.sightings.rows import Clock

FOOTAGE = "footage"
"""What all footage together is called as a watcher."""


def evidence_of(
    rules: AttendanceSettings,
    world: World,
    runs: Iterable[RecordedRun],
    minutes: Iterable[tuple[str, WatchedMinutes]],
    since: datetime,
) -> Evidence:
    """The evidence by resolved rules; visits that ended before `since` may be left out."""
    vouched = (run for run in _counting(rules, world, runs) if rules.take_mtime or run.clock is not Clock.MTIME)
    wanted = _wanted(rules)
    watched = _watched(world, wanted, minutes)
    sources = {source_id: _watch(rules, world, source_id, own) for source_id, own in watched.items()}
    cameras = [watch for source_id, watch in sources.items() if world.is_camera(source_id)]
    cameras += [
        _watch(rules, world, source_id, None) for source_id in sorted(_expected(world, wanted) - sources.keys())
    ]
    files = [own for source_id, own in watched.items() if not world.is_camera(source_id)]
    footage = Watch(FOOTAGE, files) if files else None
    return Evidence(
        visits=_by_person(vouched, since),
        watchers=Watchers(cameras, footage),
        sources=sources,
    )


def guessed_sources(
    rules: AttendanceSettings, world: World, runs: Iterable[RecordedRun], begin: datetime, end: datetime
) -> frozenset[str]:
    """Ids of the footage that has sightings from `begin` to `end` and whose time is a guess that nobody accepts."""
    if rules.take_mtime:
        return frozenset()
    guesses = (run for run in _counting(rules, world, runs) if run.clock is Clock.MTIME)
    return frozenset(run.source_id for run in guesses if _has_visits(run, begin, end))


def _has_visits(run: RecordedRun, begin: datetime, end: datetime) -> bool:
    visits = (visit for own in run.people.values() for visit in own.visits)
    return any(visit.end_ts >= begin and visit.start_ts < end for visit in visits)


def _by_person(runs: Iterable[RecordedRun], since: datetime) -> Mapping[str, Sequence[Visit]]:
    """Person id -> visits, in order of time."""
    grouped: dict[str, list[Visit]] = defaultdict(list)
    for run in runs:
        for person_id, own in run.people.items():
            if own.latest >= since:
                grouped[person_id].extend(own.visits)
    return {person_id: in_order(visits) for person_id, visits in grouped.items()}


def _counting(rules: AttendanceSettings, world: World, runs: Iterable[RecordedRun]) -> Iterator[RecordedRun]:
    """The runs over sources that count; those whose time is a guess among them."""
    wanted = _wanted(rules)
    for run in runs:
        if (wanted is None or run.source_id in wanted) and world.is_current(run.source_id, run.run_id):
            yield run


def _wanted(rules: AttendanceSettings) -> frozenset[str] | None:
    """Ids of the sources that count; None when all do."""
    if rules.sources:
        return frozenset(rules.sources)
    if rules.punches is PunchesBy.DOORS and rules.entries and rules.exits:
        return frozenset(rules.entries) | frozenset(rules.exits)
    return None


def _expected(world: World, wanted: frozenset[str] | None) -> frozenset[str]:
    """Ids of the cameras that ought to watch now or once did, also if nothing is recorded of them on the day."""
    if wanted is None:
        return frozenset((*world.cameras, *world.ended))
    return frozenset(source_id for source_id in wanted if world.is_camera(source_id))


def _watched(
    world: World, wanted: frozenset[str] | None, minutes: Iterable[tuple[str, WatchedMinutes]]
) -> dict[str, WatchedSource]:
    parts: dict[str, list[WatchedMinutes]] = defaultdict(list)
    for source_id, part in minutes:
        if wanted is None or source_id in wanted:
            parts[source_id].append(_current(world, source_id, part))
    return {
        source_id: WatchedSource(join_minutes(own), _media_end(world, source_id)) for source_id, own in parts.items()
    }


def _current(world: World, source_id: str, minutes: WatchedMinutes) -> WatchedMinutes:
    if world.is_camera(source_id):
        return minutes
    runs: Mapping[str, bool] = {run: world.is_current(source_id, run) for run in set(minutes.run_ids.tolist())}
    return minutes.of(np.array([runs[run] for run in minutes.run_ids.tolist()], bool))


def _media_end(world: World, source_id: str) -> float | None:
    source = world.sources.get(source_id)
    if source is None or source.duration_s is None or world.is_camera(source_id):
        return None
    return (source.start_ts + timedelta(seconds=source.duration_s)).timestamp()


def _watch(rules: AttendanceSettings, world: World, source_id: str, own: WatchedSource | None) -> Watch:
    """What a source watched. A camera has to: always when it is named, else from its first connection to its last."""
    label, parts = world.label(source_id), [own] if own else []
    if source_id in (*rules.sources, *rules.entries, *rules.exits):
        return Watch(label, parts)
    return Watch(label, parts, world.since(source_id), world.ended.get(source_id))
