"""How long somebody was there: parts of sightings inside a span of time, added up without counting a moment twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.sightings.building_intervals import Interval, union_length
from pipeline.sightings.rows import SightingRow


@dataclass(frozen=True, slots=True)
class Portion:
    """The part of one sighting that lies inside a span."""

    sighting: SightingRow
    start_ts: datetime
    end_ts: datetime
    presence_s: float
    """The sighting's presence, shared out by time."""


def portions_within(sightings: Iterable[SightingRow], begin: datetime, end: datetime) -> list[Portion]:
    """The parts of the sightings from `begin` up to `end`, which is outside; all time-zone aware."""
    found: list[Portion] = []
    for sighting in sightings:
        start_ts, end_ts = max(sighting.start_ts, begin), min(sighting.end_ts, end)
        is_moment = sighting.start_ts == sighting.end_ts and begin <= sighting.start_ts < end
        if start_ts < end_ts or is_moment:
            found.append(Portion(sighting, start_ts, end_ts, _shared_presence(sighting, end_ts - start_ts)))
    return found


def presence_of(portions: Sequence[Portion]) -> float:
    """Seconds of presence of one person: the sum, but no more than the portions' union.

    It is exact while the portions do not overlap. Where two sources saw the person at the same time, those moments
    count once.
    """
    return min(sum(portion.presence_s for portion in portions), _union_s(portions))


def _shared_presence(sighting: SightingRow, part: timedelta) -> float:
    whole = sighting.end_ts - sighting.start_ts
    return sighting.presence_s * (part / whole) if whole else 0.0


def _union_s(portions: Iterable[Portion]) -> float:
    return union_length(Interval(portion.start_ts.timestamp(), portion.end_ts.timestamp()) for portion in portions)
