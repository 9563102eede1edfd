"""Which stretch of time the timeline shows, from what an address says; and the marks of its axis, in the site's zone.

Days begin at local midnight and hours are those of the wall clock, so that daylight saving moves no mark. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dashboards.moments import parse_day, parse_moment
from pipeline.errors import InputError

RANGES = ("hour", "day", "week", "month")
"""What can be chosen beside free zooming."""

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=400)

DATE_LENGTH = len("2026-05-01")

FINE_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
"""Steps between marks within an hour, in seconds."""

HOUR_STEPS = (1, 2, 3, 6, 12)
DAY_STEPS = (1, 2, 7, 14, 31)
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, both ends in UTC."""

    since: datetime
    until: datetime

    @property
    def span(self) -> timedelta:
        """Its length."""
        return self.until - self.since

    @property
    def middle(self) -> datetime:
        """The moment half way."""
        return self.since + self.span / 2

    def widened(self, by: float) -> Window:
        """The same with so many times its length more on each side."""
        return Window(self.since - self.span * by, self.until + self.span * by)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of the axis."""

    at: datetime
    label: str
    is_major: bool
    """Whether a new day, or a new month, begins."""


def window_between(since: str, until: str, zone: tzinfo) -> Window:
    """From one moment or day to another, a last day included; raises `InputError` for what is neither."""
    first = _begin(since, "from", zone)
    last = _begin(until, "to", zone)
    if _is_day(until):
        last = _midnight(last.astimezone(zone).date() + timedelta(days=1), zone)
    if not SHORTEST <= last - first <= LONGEST:
        raise InputError(f"from {since} to {until} is no stretch of time from a second to {LONGEST.days} days")
    return Window(first, last)


def window_around(at: datetime, name: str, zone: tzinfo) -> Window:
    """The hour, day, week (from Monday) or month in which `at` lies; raises `InputError` for another name."""
    day = at.astimezone(zone).date()
    if name == "hour":
        begin = at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        return Window(begin, begin + timedelta(hours=1))
    if name == "day":
        return _days(day, day + timedelta(days=1), zone)
    if name == "week":
        monday = day - timedelta(days=day.weekday())
        return _days(monday, monday + timedelta(days=7), zone)
    if name == "month":
        return _days(day.replace(day=1), _next_month(day), zone)
    raise InputError(f"range {name!r} is unknown; there are: {', '.join(RANGES)}, all")


def window_over(first: datetime, last: datetime) -> Window:
    """From `first` to `last` with some room on both sides."""
    span = min(max(last - first, timedelta(seconds=10)), LONGEST / 1.2)
    return Window(last - span * 1.05, last + span * 0.05)


def range_of(window: Window, zone: tzinfo) -> str | None:
    """The name of the range that the window is exactly; None for another one."""
    return next((name for name in RANGES if window_around(window.since, name, zone) == window), None)


def step_from(window: Window, name: str | None, zone: tzinfo, direction: int) -> Window:
    """The range before (-1) or after (1) this one, of the same name; without a name, its own length away."""
    if name is None:
        return Window(window.since + direction * window.span, window.until + direction * window.span)
    beside = window.until + timedelta(minutes=1) if direction > 0 else window.since - timedelta(minutes=1)
    return window_around(beside, name, zone)


def marks(window: Window, zone: tzinfo, most: int) -> list[Mark]:
    """At most about `most` marks at round times, the densest that fit."""
    seconds = window.span.total_seconds() / max(most, 1)
    fine = next((step for step in FINE_STEPS_S if step >= seconds), None)
    if fine is not None:
        return list(_fine_marks(window, zone, fine))
    hours = next((step for step in HOUR_STEPS if step * 3600 >= seconds), None)
    if hours is not None:
        return list(_hour_marks(window, zone, hours))
    days = next((step for step in DAY_STEPS if step * 86400 >= seconds), DAY_STEPS[-1])
    return list(_day_marks(window, zone, days))


def _fine_marks(window: Window, zone: tzinfo, step_s: int) -> Iterator[Mark]:
    offset = window.since.astimezone(zone).utcoffset() or timedelta()
    at_s = -(-(window.since.timestamp() + offset.total_seconds()) // step_s) * step_s - offset.total_seconds()
    while at_s < window.until.timestamp():
        local = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
        is_major = (local.hour, local.minute, local.second) == (0, 0, 0)
        form = "%H:%M:%S" if step_s < 60 else "%H:%M"
        yield Mark(local.astimezone(UTC), _day_label(local.date()) if is_major else f"{local:{form}}", is_major)
        at_s += step_s


def _hour_marks(window: Window, zone: tzinfo, step: int) -> Iterator[Mark]:
    for day in _dates(window, zone):
        for hour in range(0, 24, step):
            local = datetime.combine(day, time(hour), zone)
            at = local.astimezone(UTC)
            if window.since <= at < window.until and at.astimezone(zone).hour == hour:  # not skipped that night
                yield Mark(at, f"{local:%H:%M}" if hour else _day_label(day), hour == 0)


def _day_marks(window: Window, zone: tzinfo, step: int) -> Iterator[Mark]:
    for day in _dates(window, zone):
        at = _midnight(day, zone)
        if window.since <= at < window.until and _is_marked(day, step):
            is_major = day.day == 1 or (step < DAYS_IN_WEEK and day.weekday() == 0)
            is_short = step < DAYS_IN_WEEK and not is_major  # its month stands beside it
            yield Mark(at, f"{day:%a} {day.day}" if is_short else _day_label(day), is_major)


def _is_marked(day: date, step: int) -> bool:
    if step == 31:
        return day.day == 1
    if step >= DAYS_IN_WEEK:
        return day.weekday() == 0 and (day.toordinal() // DAYS_IN_WEEK) % (step // DAYS_IN_WEEK) == 0
    return day.toordinal() % step == 0


def _dates(window: Window, zone: tzinfo) -> Iterator[date]:
    day, last = window.since.astimezone(zone).date(), window.until.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _day_label(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _days(first: date, after: date, zone: tzinfo) -> Window:
    return Window(_midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin(text: str, name: str, zone: tzinfo) -> datetime:
    if _is_day(text):
        return _midnight(parse_day(text, name, date.min), zone)
    return parse_moment(text, name, zone)


def _is_day(text: str) -> bool:
    return len(text.strip()) == DATE_LENGTH
