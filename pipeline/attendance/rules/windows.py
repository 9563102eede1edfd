"""When a shift of one day begins and ends, and which moments belong to it: instants, whatever the clocks do.

Hours are those of the clock on the wall: in the night in which clocks change a shift is an hour longer or shorter. A
time that comes twice is the first of the two; one that is left out is as long after the change as it would have been
after midnight. A shift belongs to the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from pipeline.attendance.rules.settings import WEEK, ShiftSettings

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One day of somebody: the shift, and which moments are taken for this day. All in UTC."""

    day: date
    start: datetime | None
    """When the shift begins; None on a day without one."""
    end: datetime | None
    opens: datetime
    """From when what is seen belongs to this day."""
    closes: datetime
    """The first moment that does not."""

    @property
    def is_shift(self) -> bool:
        """Whether there is work on this day."""
        return self.start is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands in somebody's roster on one day."""

    day: date
    name: str | None
    """Of the shift; None without one."""
    shift_key: tuple[int, int, int, int, frozenset[int]] | None
    """Begin, end, opens and closes in minutes, and the weekdays; what decides the moments."""
    is_presumed: bool = False
    """Whether nobody said that the person worked here on this day already: then it holds if the person was seen."""

    @property
    def is_working_day(self) -> bool:
        """Whether the shift begins on this day of the week."""
        return self.shift_key is not None and self.day.weekday() in self.shift_key[4]


def plan_of(day: date, name: str | None, shift: ShiftSettings | None, *, is_presumed: bool = False) -> Plan:
    """The plan of a day on which somebody is on `shift`."""
    if shift is None:
        return Plan(day, None, None)
    begin, end = shift.begins_at, shift.ends_at
    weekdays = frozenset(WEEK.index(weekday) for weekday in shift.days)
    minutes = (begin.hour * 60 + begin.minute, end.hour * 60 + end.minute)
    return Plan(day, name, (*minutes, shift.opens_min, shift.closes_min, weekdays), is_presumed)


@dataclass(frozen=True, slots=True)
class Reach:
    """All moments that can be taken for one day, by whichever shift; in UTC."""

    opens: datetime
    closes: datetime
    """The first moment that cannot."""


def reach_of(day: date, shifts: Iterable[ShiftSettings], zone: tzinfo) -> Reach:
    """What every window of the day lies in, whoever works which shift: neighbours only make a window smaller."""
    plans = (plan_of(day, None, None), *(plan_of(day, "", shift) for shift in shifts))
    windows = [_alone(plan, zone) for plan in plans]
    return Reach(min(window.opens for window in windows), max(window.closes for window in windows))


@lru_cache(maxsize=16384)
def window_of(before: Plan, plan: Plan, after: Plan, zone: tzinfo) -> Window:
    """The window of a day between its neighbours, which take no moment twice.

    Where two shifts come close, the later one opens no earlier than the one before ends, and the earlier one closes
    when the later one opens. A day without work lies between the shifts around it.
    """
    previous, own, following = (_alone(each, zone) for each in (before, plan, after))
    own = _after(previous, own)
    following = _after(own, following)
    return replace(own, closes=max(own.opens, min(own.closes, _limit(own, following))))


def _after(previous: Window, own: Window) -> Window:
    if not previous.is_shift or previous.end is None:
        return own
    taken_until = previous.end if own.is_shift else previous.closes
    return replace(own, opens=max(own.opens, taken_until))


def _limit(own: Window, following: Window) -> datetime:
    return following.opens if following.is_shift else own.closes


def _alone(plan: Plan, zone: tzinfo) -> Window:
    if plan.shift_key is None or not plan.is_working_day:
        begin, end = midnight(plan.day, zone), midnight(plan.day + _DAY, zone)
        return Window(day=plan.day, start=None, end=None, opens=begin, closes=end)
    begin_min, end_min, opens_min, closes_min, _ = plan.shift_key
    end_day = plan.day + _DAY if end_min <= begin_min else plan.day
    start, end = _at(plan.day, begin_min, zone), _at(end_day, end_min, zone)
    opens, closes = start - timedelta(minutes=opens_min), end + timedelta(minutes=closes_min)
    return Window(day=plan.day, start=start, end=end, opens=opens, closes=closes)


def midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC; where midnight is skipped, the instant of the skip."""
    return _at(day, 0, zone)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
