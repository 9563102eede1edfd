"""Builders for attendance: rules with one shift, visits by the clock on the wall, cameras that watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.attendance.evidence.watching import Watch, WatchedMinutes, WatchedSource, Watchers
from pipeline.attendance.report import report
from pipeline.attendance.rows import AttendanceDay, Evidence, Member, Visit, in_order
from pipeline.attendance.rules.settings import AttendanceSettings, RosterSettings, ShiftSettings

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
ADA = Member(person_id="p_ada", name="Ada", since=date(2026, 1, 1))
BOB = Member(person_id="p_bob", name="Bob", since=date(2026, 1, 1))
STRICT = ShiftSettings(
    start="09:00", end="17:00", late_grace_min=10, early_grace_min=15, half_day_below_h=6, absent_below_h=2
)
"""An ordinary day with grace and thresholds."""


def make_rules(shift: ShiftSettings | None = None, **others: Any) -> AttendanceSettings:
    """Everybody works `office`, 09:00 to 17:00 from Monday to Friday unless another shift is given."""
    office = shift or ShiftSettings(start="09:00", end="17:00")
    return AttendanceSettings(**{"shifts": {"office": office}, "roster": (RosterSettings(shift="office"),), **others})


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = BERLIN) -> datetime:
    """A moment on the wall of `zone`, in UTC; `09:00` or `09:00:30`."""
    hours, minutes, *seconds = map(int, clock.split(":"))
    local = datetime(day.year, day.month, day.day, hours, minutes, *seconds, tzinfo=zone)
    return local.astimezone(UTC)


def visit(
    start: str,
    end: str,
    *,
    who: Member = ADA,
    source: str = "door",
    day: date = MONDAY,
    end_day: date | None = None,
    zone: ZoneInfo = BERLIN,
) -> Visit:
    """Somebody seen all the time from one moment to another."""
    begin, finish = at(start, day, zone), at(end, end_day or day, zone)
    return Visit(who.person_id, who.name, source, begin, finish, (finish - begin).total_seconds())


def minutes(start: datetime, end: datetime, share: float = 1.0, run: str = "r_1") -> WatchedMinutes:
    """Every minute of a run at 5 samples a second, of which so large a share was watched; the last may be partial."""
    starts = np.arange(start.timestamp(), end.timestamp(), 60.0)
    expected = np.minimum(end.timestamp() - starts, 60.0) * 5
    return WatchedMinutes(np.full(len(starts), run), starts, expected, expected * share)


def camera(*spans: tuple[datetime, datetime], label: str = "door") -> Watch:
    """A camera that watched in these spans."""
    return Watch(label, [WatchedSource(minutes(*span, run=f"r_{n}")) for n, span in enumerate(spans)])


def always(label: str = "door") -> Watch:
    """A camera that watched from February to May."""
    return camera((datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)), label=label)


ALWAYS = always()


def make_report(
    rules: AttendanceSettings,
    visits: Sequence[Visit] = (),
    *,
    members: Sequence[Member] = (ADA,),
    cameras: Sequence[Watch] = (ALWAYS,),
    days: Sequence[date] = (MONDAY,),
    zone: ZoneInfo = BERLIN,
    now: datetime = LATER,
) -> list[AttendanceDay]:
    """The report of Monday and Ada, long after."""
    people = {seen.person_id for seen in visits}
    by_person = {person: in_order(seen for seen in visits if seen.person_id == person) for person in people}
    evidence = Evidence(visits=by_person, watchers=Watchers(cameras, None), sources={c.label: c for c in cameras})
    return report(rules, members, evidence, days=days, zone=zone, now=now)
