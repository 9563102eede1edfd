"""The time axis of a report's chart: marks at round times, in media time and on the wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Distances between marks that people read easily, in seconds."""
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis."""

    left_pct: float
    media: str
    clock: str
    """The time of day; empty when the source's start is unknown."""


def axis_ticks(duration_s: float, start: datetime | None, zone: tzinfo) -> tuple[Tick, ...]:
    """Marks at round media times from 0 up to `duration_s`; none for an empty source."""
    if duration_s <= 0:
        return ()
    step = next((step for step in STEPS_S if duration_s / step <= MOST_TICKS), STEPS_S[-1])
    count = int(duration_s // step) + 1
    return tuple(_tick(index * step, duration_s, start, zone) for index in range(count))


def _tick(media_s: int, duration_s: float, start: datetime | None, zone: tzinfo) -> Tick:
    clock = "" if start is None else (start + timedelta(seconds=media_s)).astimezone(zone).strftime("%H:%M:%S")
    return Tick(left_pct=100 * media_s / duration_s, media=_media_label(media_s), clock=clock)


def _media_label(media_s: int) -> str:
    hours, rest = divmod(media_s, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
