"""From what was read of the record to the evidence that a report is made of: which visits and which watchers count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np

from pipeline.attendance.evidence.record import RecordedVisit
from pipeline.attendance.evidence.watching import Watch, WatchedMinutes, WatchedSource, Watchers, join_minutes
from pipeline.attendance.evidence.world import World
from pipeline.attendance.report import Evidence
from pipeline.attendance.rules.settings import AttendanceSettings, PunchesBy
from pipeline.sightings.rows import Clock

FOOTAGE = "footage"
"""What all footage together is called as a watcher."""


def evidence_of(
    rules: AttendanceSettings,
    world: World,
    visits: Iterable[RecordedVisit],
    minutes: Iterable[tuple[str, WatchedMinutes]],
) -> Evidence:
    """The evidence by resolved rules."""
    wanted = _wanted(rules)
    counting = [
        recorded.visit
        for recorded in counting_visits(rules, world, visits)
        if rules.take_mtime or recorded.clock is not Clock.MTIME
    ]
    watched = _watched(world, wanted, minutes)
    sources = {
        source_id: Watch(world.labels.get(source_id, source_id), [own], *_tenure(rules, world, source_id, own))
        for source_id, own in watched.items()
    }
    cameras = [watch for source_id, watch in sources.items() if world.is_camera(source_id)]
    cameras += [
        Watch(world.labels.get(name, name), [], *_tenure(rules, world, name, None))
        for name in sorted(_expected(world, wanted) - sources.keys())
    ]
    files = [own for source_id, own in watched.items() if not world.is_camera(source_id)]
    footage = Watch(FOOTAGE, files) if files else None
    return Evidence(visits=counting, watchers=Watchers(cameras, footage), sources=sources)


def counting_visits(
    rules: AttendanceSettings, world: World, visits: Iterable[RecordedVisit]
) -> Iterable[RecordedVisit]:
    """The visits to sources that count; those whose time is a guess among them."""
    wanted = _wanted(rules)
    for recorded in visits:
        source_id = recorded.visit.source_id
        if (wanted is None or source_id in wanted) and world.is_current(source_id, recorded.run_id):
            yield recorded


def _wanted(rules: AttendanceSettings) -> frozenset[str] | None:
    """Ids of the sources that count; None when all do."""
    if rules.sources:
        return frozenset(rules.sources)
    if rules.punches is PunchesBy.DOORS and rules.entries and rules.exits:
        return frozenset(rules.entries) | frozenset(rules.exits)
    return None


def _expected(world: World, wanted: frozenset[str] | None) -> frozenset[str]:
    """Ids of the cameras that ought to watch, also if nothing is recorded of them."""
    if wanted is None:
        return world.cameras
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


def _tenure(
    rules: AttendanceSettings, world: World, source_id: str, own: WatchedSource | None
) -> tuple[datetime | None, datetime | None]:
    """From when until when a camera had to watch: always when it is named, else from its first connection on."""
    if source_id in (*rules.sources, *rules.entries, *rules.exits):
        return None, None
    source, recorded = world.sources.get(source_id), Watch("", [own] if own else [])
    since = None if source is None else min(source.created_at, recorded.earliest or source.created_at)
    return since, None if source_id in world.cameras else recorded.latest
