"""How long somebody was there: parts of sightings inside a span of time, added up without counting a moment twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.sightings.building.intervals import Interval, union_length
from pipeline.sightings.rows import SightingRow


@dataclass(frozen=True, slots=True)
class Portion:
    """The part of one sighting that lies inside a span."""

    sighting: SightingRow
    start_ts: datetime
    end_ts: datetime
    presence_s: float
    """The sighting's presence, shared out by time."""


def presence_of(portions: Sequence[Portion]) -> float:
    """Seconds of presence of one person: the sum, but no more than the portions' union.

    It is exact while the portions do not overlap. Where two sources saw the person at the same time, those moments
    count once.
    """
    return min(sum(portion.presence_s for portion in portions), _union_s(portions))


def _union_s(portions: Iterable[Portion]) -> float:
    return union_length(Interval(portion.start_ts.timestamp(), portion.end_ts.timestamp()) for portion in portions)
