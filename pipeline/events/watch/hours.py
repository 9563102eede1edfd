"""The hours in which a watch list holds, as people write them: `mon-fri 18:00-07:00`, `sat,sun`, `22:00-06:00`.

A span over midnight belongs to the day on which it begins: `fri 18:00-07:00` ends on Saturday morning. Hours are those
of the clock on the wall, so a night in which clocks change is an hour longer or shorter, and an hour that comes twice
counts both times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from pipeline.errors import SettingsError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE = "such as 'mon-fri 18:00-07:00', 'sat,sun' or '22:00-06:00'"
SPAN = re.compile(r"(?:(?P<days>[a-z,-]+))?\s*(?:(?P<begin>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2}))?")
MIDNIGHT = time(0, 0)


@dataclass(frozen=True, slots=True)
class HourSpan:
    """Some hours of some days, on the clock on the wall."""

    days: frozenset[int]
    """Monday is 0; the days on which the span begins."""
    begin: time
    end: time
    """The first moment after it; equal to `begin` it is the whole day, and before it the next morning."""

    def holds(self, day: int, moment: time) -> bool:
        """Whether the span covers `moment` of a weekday."""
        if self.begin < self.end:
            return day in self.days and self.begin <= moment < self.end
        is_evening = day in self.days and moment >= self.begin
        is_morning_after = (day - 1) % 7 in self.days and moment < self.end
        return is_evening or is_morning_after


def parse_hours(text: str) -> HourSpan:
    """One span as it is written in the settings; raises `SettingsError` that shows how."""
    found = SPAN.fullmatch(text.strip().lower())
    if not text.strip() or found is None:
        raise SettingsError(f"hours {text!r} are not understood; write them {EXAMPLE}")
    begin, end = (_parse_time(part, text) for part in (found["begin"] or "00:00", found["end"] or "24:00"))
    if begin == end and begin != MIDNIGHT:
        raise SettingsError(f"hours {text!r} are empty; write them {EXAMPLE}")
    return HourSpan(_parse_days(found["days"], text), begin, end)


def is_within(spans: Iterable[HourSpan], moment: datetime, zone: tzinfo) -> bool:
    """Whether one of the spans covers `moment` (with its zone) on the wall clocks of `zone`; no spans are all hours."""
    local, spans = moment.astimezone(zone), tuple(spans)
    return not spans or any(span.holds(local.weekday(), local.time()) for span in spans)


def _parse_time(text: str, whole: str) -> time:
    hours, minutes = map(int, text.split(":"))
    if (hours, minutes) == (24, 0):
        return MIDNIGHT
    if hours > 23 or minutes > 59:
        raise SettingsError(f"hours {whole!r}: there is no {text}; write them {EXAMPLE}")
    return time(hours, minutes)


def _parse_days(text: str | None, whole: str) -> frozenset[int]:
    if text is None:
        return frozenset(range(7))
    return frozenset(day for part in text.split(",") for day in _parse_day_range(part, whole))


def _parse_day_range(text: str, whole: str) -> tuple[int, ...]:
    names = text.split("-")
    if len(names) > 2 or any(name not in DAYS for name in names):
        raise SettingsError(f"hours {whole!r}: days are {', '.join(DAYS)}; write them {EXAMPLE}")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))
