"""One day of one person judged: present, half day, absent, or nobody can tell. Pure.

What speaks against somebody is only said when enough was watched: absence when the shift was, a late entry when the
time before the check-in was, an early exit when the time after the check-out was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from pipeline.attendance.evidence.watching import Gap, Watch, Watchers
from pipeline.attendance.punches import Doors, first_in, last_out, punches_of, union_s, worked_s
from pipeline.attendance.rows import AttendanceDay, DayStatus, Member, Punch, Visit
from pipeline.attendance.rules.roster import Roster
from pipeline.attendance.rules.settings import AttendanceSettings, HoursBy, ShiftSettings
from pipeline.attendance.rules.windows import Plan, Window

_SHORTFALLS = frozenset({DayStatus.ABSENT, DayStatus.HALF_DAY})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What cameras saw of one person on one day."""

    visits: Sequence[Visit]
    punches: tuple[Punch, ...]
    entered: Punch | None
    left: Punch | None
    presence_s: float


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is said of one day."""

    status: DayStatus
    working_s: float
    coverage: float | None
    gaps: tuple[Gap, ...] = ()
    note: str = ""
    late_s: float = 0.0
    early_s: float = 0.0
    is_late_doubtful: bool = False
    is_early_doubtful: bool = False


class Judge:
    """Judges days by the settings; one for a report."""

    def __init__(
        self,
        settings: AttendanceSettings,
        roster: Roster,
        watchers: Watchers,
        sources: Mapping[str, Watch],
        *,
        zone: tzinfo,
        now: datetime,
    ) -> None:
        self.zone = zone
        self._settings, self._roster, self._now = settings, roster, now
        self._watchers, self._sources = watchers, sources
        self._doors = Doors(frozenset(settings.entries), frozenset(settings.exits))
        self._of_day: dict[tuple[str, datetime, datetime], tuple[float, float]] = {}
        self._of_shift: dict[tuple[datetime, datetime], tuple[float | None, tuple[Gap, ...], str]] = {}

    def day(self, member: Member, plan: Plan, window: Window, visits: Sequence[Visit]) -> AttendanceDay | None:
        """The row of one day, by the visits within its window; None where there is nothing to say."""
        is_due = plan.name is not None and not plan.is_presumed and (window.start or window.opens) <= self._now
        if not visits and not is_due:
            return None
        shift = self._settings.shifts.get(plan.name or "")
        seen = self._seen(visits, HoursBy.FIRST_LAST if shift is None else shift.hours)
        return self._row(member, plan, window, seen, self._verdict(member, plan, window, seen))

    def _seen(self, visits: Sequence[Visit], hours: HoursBy) -> _Seen:
        by = self._settings.punches
        punches = punches_of(visits, by, self._doors, self._settings.same_visit_s)
        return _Seen(visits, punches, first_in(punches, by), last_out(punches, by, hours), _presence_s(visits))

    def _row(self, member: Member, plan: Plan, window: Window, seen: _Seen, verdict: _Verdict) -> AttendanceDay:
        entered, left = seen.entered, seen.left
        return AttendanceDay(
            day=window.day,
            person_id=member.person_id,
            person_name=member.name,
            code=self._roster.code(member),
            shift=plan.name,
            shift_start=self._local(window.start),
            shift_end=self._local(window.end),
            status=verdict.status,
            first_seen=self._local(seen.visits[0].start_ts if seen.visits else None),
            last_seen=self._local(max((visit.end_ts for visit in seen.visits), default=None)),
            first_in=self._local(None if entered is None else entered.at),
            in_source=None if entered is None else entered.source_id,
            last_out=self._local(None if left is None else left.at),
            out_source=None if left is None else left.source_id,
            working_s=verdict.working_s,
            presence_s=seen.presence_s,
            late_s=verdict.late_s,
            early_s=verdict.early_s,
            n_sightings=len(seen.visits),
            coverage=verdict.coverage,
            is_late_doubtful=verdict.is_late_doubtful,
            is_early_doubtful=verdict.is_early_doubtful,
            note=verdict.note,
            gaps=verdict.gaps,
            visits=tuple(seen.visits),
            punches=tuple(
                Punch(punch.at.astimezone(self.zone), punch.direction, punch.source_id) for punch in seen.punches
            ),
        )

    def _verdict(self, member: Member, plan: Plan, window: Window, seen: _Seen) -> _Verdict:
        shift = self._settings.shifts.get(plan.name or "")
        if shift is None:
            worked = worked_s(seen.punches, seen.visits, self._settings.punches, HoursBy.FIRST_LAST)
            return _Verdict(DayStatus.PRESENT, worked, self._coverage_of_day(window, seen))
        worked = self._worked_s(seen, shift)
        does_count = bool(seen.visits) and shift.counts_days_off
        if window.start is None or window.end is None:
            status = _by_hours(worked, shift) if does_count else DayStatus.WEEKLY_OFF
            return _Verdict(status, worked, self._coverage_of_day(window, seen))
        coverage, gaps, note = self._coverage_of_shift(window.start, window.end)
        free = None if does_count else self._free(member, window.day)
        if free is not None:
            return _Verdict(free[0], worked, coverage, gaps=gaps, note=free[1])
        late_s, is_late_doubtful = self._lateness(shift, window.start, seen)
        early_s, is_early_doubtful = self._earliness(shift, window.end, seen)
        return _Verdict(
            self._status(worked, coverage, shift, window, seen),
            worked,
            coverage,
            gaps=gaps,
            note=note,
            late_s=late_s,
            early_s=early_s,
            is_late_doubtful=is_late_doubtful,
            is_early_doubtful=is_early_doubtful,
        )

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.zone)

    def _free(self, member: Member, day: date) -> tuple[DayStatus, str] | None:
        holiday, leave = self._roster.holiday(day), self._roster.leave(member, day)
        if holiday is not None:
            return DayStatus.HOLIDAY, holiday
        return None if leave is None else (DayStatus.LEAVE, leave)

    def _status(
        self, worked: float, coverage: float | None, shift: ShiftSettings, window: Window, seen: _Seen
    ) -> DayStatus:
        if self._now < window.closes:
            return DayStatus.PRESENT if seen.visits else DayStatus.PENDING
        status = _by_hours(worked, shift) if seen.visits else DayStatus.ABSENT
        is_watched = coverage is not None and coverage >= self._settings.least_coverage
        return DayStatus.NO_DATA if status in _SHORTFALLS and not is_watched else status

    def _lateness(self, shift: ShiftSettings, start: datetime, seen: _Seen) -> tuple[float, bool]:
        """Seconds too late, and whether that cannot be told."""
        if seen.entered is None:
            return 0.0, False
        late_s = _beyond(seen.entered.at - start, shift.late_grace_min)
        is_told = late_s == 0 or self._was_watched(start, seen.entered.at)
        return (late_s, False) if is_told else (0.0, True)

    def _earliness(self, shift: ShiftSettings, end: datetime, seen: _Seen) -> tuple[float, bool]:
        """Seconds too early, once the shift is over, and whether that cannot be told."""
        if seen.left is None or self._now < end:
            return 0.0, False
        early_s = _beyond(end - seen.left.at, shift.early_grace_min)
        is_told = early_s == 0 or self._was_watched(seen.left.at, end)
        return (early_s, False) if is_told else (0.0, True)

    def _was_watched(self, start: datetime, end: datetime) -> bool:
        share = self._watchers.share(start, end)
        return share is not None and share >= self._settings.least_coverage

    def _coverage_of_shift(self, start: datetime, end: datetime) -> tuple[float | None, tuple[Gap, ...], str]:
        """Of the shift as far as it is over: the share watched, the gaps, and these in words."""
        until = max(start, min(end, self._now))
        if (start, until) not in self._of_shift:
            gaps = self._watchers.gaps(start, until)
            self._of_shift[start, until] = (self._watchers.share(start, until), gaps, _note(gaps, self.zone))
        return self._of_shift[start, until]

    def _coverage_of_day(self, window: Window, seen: _Seen) -> float | None:
        ids = {visit.source_id for visit in seen.visits} & set(self._sources)
        found = [self._seconds_of_day(source_id, window) for source_id in sorted(ids)]
        due_s = sum(due for _, due in found)
        return sum(watched for watched, _ in found) / due_s if due_s > 0 else None

    def _seconds_of_day(self, source_id: str, window: Window) -> tuple[float, float]:
        key = (source_id, window.opens, window.closes)
        if key not in self._of_day:
            self._of_day[key] = self._sources[source_id].seconds(window.opens, window.closes)
        return self._of_day[key]

    def _worked_s(self, seen: _Seen, shift: ShiftSettings) -> float:
        if shift.hours is HoursBy.PRESENCE:
            return seen.presence_s
        worked = worked_s(seen.punches, seen.visits, self._settings.punches, shift.hours)
        pause_s = shift.break_min * 60.0
        return worked - pause_s if worked > pause_s else worked


def _by_hours(working_s: float, shift: ShiftSettings) -> DayStatus:
    """By hours as they are reported, to the hundredth, as HRMS does: whoever reads 6.00 is not below six."""
    hours = round(working_s / 3600, 2)
    if hours < shift.absent_below_h:
        return DayStatus.ABSENT
    return DayStatus.HALF_DAY if hours < shift.half_day_below_h else DayStatus.PRESENT


def _beyond(by: timedelta, grace_min: int) -> float:
    """Seconds by which somebody is late or early, all of them, once they are more than the grace."""
    return by.total_seconds() if by > timedelta(minutes=grace_min) else 0.0


def _presence_s(visits: Sequence[Visit]) -> float:
    """The sum of the presence, but no more than the visits' union: what two sources saw at once counts once."""
    presence_s = sum(visit.presence_s for visit in visits)
    is_apart = all(one.end_ts <= other.start_ts for one, other in pairwise(visits))
    return presence_s if is_apart else min(presence_s, union_s(visits))


def _note(gaps: Sequence[Gap], zone: tzinfo) -> str:
    """`entrance was down from 09:10 to 11:00`; the longest ones first."""
    longest = sorted(gaps, key=lambda gap: gap.start - gap.end)[:3]
    told = [
        f"{gap.label} did not watch from {gap.start.astimezone(zone):%H:%M} to {gap.end.astimezone(zone):%H:%M}"
        for gap in sorted(longest, key=lambda gap: gap.start)
    ]
    more = len(gaps) - len(longest)
    return "; ".join(told) + (f"; and {more} more times" if more else "")
