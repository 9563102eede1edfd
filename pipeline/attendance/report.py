"""The attendance report: rules and visits in, one row a person and day out. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec.structs import replace

from pipeline.attendance.judging import Judge
from pipeline.attendance.rows import AttendanceDay, Evidence, Member, Visit
from pipeline.attendance.rules.roster import Roster
from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.attendance.rules.windows import Reach, Window, window_of
from pipeline.errors import SettingsError

LONGEST_VISIT = timedelta(days=1)
"""How far before a window visits are looked for that may still last in it."""
_DAY = timedelta(days=1)


def report(
    settings: AttendanceSettings,
    members: Iterable[Member],
    evidence: Evidence,
    *,
    days: Sequence[date],
    zone: tzinfo,
    now: datetime,
) -> list[AttendanceDay]:
    """One row per person and day on which the person has a shift or was seen; by day, name and id.

    People who were seen and are no members (any more) are in it by the name they were seen under. Raises
    `SettingsError` for a roster of a shift that there is not.
    """
    roster = Roster(settings)
    judge = Judge(settings, roster, evidence.watchers, evidence.sources, zone=zone, now=now)
    rows = [
        row
        for member in _everybody(members, evidence.visits)
        for row in _rows_of(member, roster, judge, evidence.visits.get(member.person_id, ()), days)
    ]
    return sorted(rows, key=lambda row: (row.day, row.person_name.casefold(), row.person_id))


def days_between(first: date, last: date) -> list[date]:
    """All days from the first to the last; raises `SettingsError` when they are the wrong way round."""
    if first > last:
        raise SettingsError(f"the first day {first} lies after the last day {last}")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def needed_files(reach: Reach) -> list[date]:
    """The UTC days whose files hold all that a day's rows are made of: visits that begin before its reach are in it."""
    begin, end = reach.opens - LONGEST_VISIT, reach.closes - timedelta.resolution
    return days_between(begin.astimezone(UTC).date(), end.astimezone(UTC).date())


def _rows_of(
    member: Member, roster: Roster, judge: Judge, visits: Sequence[Visit], days: Sequence[date]
) -> Iterable[AttendanceDay]:
    around = [days[0] - _DAY, *days, days[-1] + _DAY]
    plans = roster.plans(member, around)
    starts = [visit.start_ts for visit in visits]
    for before, plan, after in zip(plans, plans[1:], plans[2:], strict=False):
        window = window_of(before, plan, after, judge.zone)
        row = judge.day(member, plan, window, _within(visits, starts, window))
        if row is not None:
            yield row


def _within(visits: Sequence[Visit], starts: list[datetime], window: Window) -> list[Visit]:
    """The parts of the visits inside the window; a visit's presence is shared out by time."""
    first = bisect_left(starts, window.opens - LONGEST_VISIT)
    last = bisect_left(starts, window.closes)
    return [part for visit in visits[first:last] if (part := _part(visit, window)) is not None]


def _part(visit: Visit, window: Window) -> Visit | None:
    if window.opens <= visit.start_ts and visit.end_ts <= window.closes:
        return visit
    start, end = max(visit.start_ts, window.opens), min(visit.end_ts, window.closes)
    if start >= end:
        return None
    share = (end - start) / (visit.end_ts - visit.start_ts)
    return replace(visit, start_ts=start, end_ts=end, presence_s=visit.presence_s * share)


def _everybody(members: Iterable[Member], seen: Mapping[str, Sequence[Visit]]) -> Iterable[Member]:
    known = {member.person_id: member for member in members}
    yield from known.values()
    for person_id, visits in seen.items():
        if person_id not in known:
            name = visits[-1].person_name or person_id
            yield Member(person_id=person_id, name=name, since=date.max, is_enrolled=False)
