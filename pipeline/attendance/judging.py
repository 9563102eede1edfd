"""One day of one person judged: present, half day, absent, or nobody can tell. Pure.

What speaks against somebody is only said when enough was watched: absence when the shift was, a late entry when the
time before the check-in was, an early exit when the time after the check-out was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from pipeline.attendance.punches import Doors, first_in, last_out, punches_of, union_s, worked_s
from pipeline.attendance.roster import Roster
from pipeline.attendance.rows import AttendanceDay, DayStatus, Member, Punch, Span, Visit
from pipeline.attendance.settings import AttendanceSettings, HoursBy, ShiftSettings
from pipeline.attendance.watching import Gap, Watch, Watchers
from pipeline.attendance.windows import Plan, Window

_SHORTFALLS = frozenset({DayStatus.ABSENT, DayStatus.HALF_DAY})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What cameras saw of one person on one day."""

    visits: Sequence[Visit]
    punches: tuple[Punch, ...]
    entered: Punch | None
    left: Punch | None
    presence_s: float


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
        self._of_shift: dict[tuple[datetime, datetime], tuple[float | None, tuple[Gap, ...]]] = {}

    def day(self, member: Member, plan: Plan, window: Window, visits: Sequence[Visit]) -> AttendanceDay | None:
        """The row of one day, by the visits within its window; None where there is nothing to say."""
        if not visits and (plan.name is None or (window.start or window.opens) > self._now):
            return None
        seen = self._seen(visits)
        row = self._plain_row(member, plan, window, seen)
        shift = self._settings.shifts.get(plan.name or "")
        if shift is None:
            return row
        if window.start is None:
            counts = bool(seen.visits) and shift.counts_days_off
            status = _by_hours(self._worked_s(seen, shift), shift) if counts else row.status
            return replace(row, working_s=self._worked_s(seen, shift), status=status)
        return self._judged(row, member, shift, window, seen)

    def _seen(self, visits: Sequence[Visit]) -> _Seen:
        by = self._settings.punches
        punches = punches_of(visits, by, self._doors, self._settings.same_visit_s)
        return _Seen(visits, punches, first_in(punches, by), last_out(punches, by), _presence_s(visits))

    def _plain_row(self, member: Member, plan: Plan, window: Window, seen: _Seen) -> AttendanceDay:
        """The row without a verdict on a shift."""
        entered, left, zone = seen.entered, seen.left, self.zone
        return AttendanceDay(
            day=window.day,
            person_id=member.person_id,
            person_name=member.name,
            code=self._roster.code(member),
            shift=plan.name,
            shift_start=None if window.start is None else window.start.astimezone(zone),
            shift_end=None if window.end is None else window.end.astimezone(zone),
            status=DayStatus.WEEKLY_OFF if plan.name is not None else DayStatus.PRESENT,
            first_seen=seen.visits[0].start_ts.astimezone(zone) if seen.visits else None,
            last_seen=max(visit.end_ts for visit in seen.visits).astimezone(zone) if seen.visits else None,
            first_in=None if entered is None else entered.at.astimezone(zone),
            in_source=None if entered is None else entered.source_id,
            last_out=None if left is None else left.at.astimezone(zone),
            out_source=None if left is None else left.source_id,
            working_s=worked_s(seen.punches, seen.visits, self._settings.punches, HoursBy.FIRST_LAST),
            presence_s=seen.presence_s,
            late_s=0.0,
            early_s=0.0,
            n_sightings=len(seen.visits),
            coverage=self._coverage_of_day(window, seen) if window.start is None else None,
            is_late_doubtful=False,
            is_early_doubtful=False,
            note="",
            gaps=(),
            visits=tuple(Span(visit.start_ts.astimezone(zone), visit.end_ts.astimezone(zone)) for visit in seen.visits),
            punches=tuple(replace(punch, at=punch.at.astimezone(zone)) for punch in seen.punches),
        )

    def _judged(
        self, row: AttendanceDay, member: Member, shift: ShiftSettings, window: Window, seen: _Seen
    ) -> AttendanceDay:
        """The row of a day on which there is a shift."""
        coverage, gaps = self._coverage_of_shift(window)
        row = replace(row, coverage=coverage, gaps=gaps, working_s=self._worked_s(seen, shift))
        free = self._free(member, row.day)
        if free is not None and not (seen.visits and shift.counts_days_off):
            return replace(row, status=free[0], note=free[1])
        row = self._with_lateness(row, shift, window, seen)
        return replace(row, status=self._status(row, shift, window, seen), note=_note(gaps, self.zone))

    def _free(self, member: Member, day: date) -> tuple[DayStatus, str] | None:
        holiday, leave = self._roster.holiday(day), self._roster.leave(member, day)
        if holiday is not None:
            return DayStatus.HOLIDAY, holiday
        return None if leave is None else (DayStatus.LEAVE, leave)

    def _status(self, row: AttendanceDay, shift: ShiftSettings, window: Window, seen: _Seen) -> DayStatus:
        is_over = self._now >= window.closes
        if not is_over:
            return DayStatus.PRESENT if seen.visits else DayStatus.PENDING
        status = _by_hours(row.working_s, shift) if seen.visits else DayStatus.ABSENT
        is_watched = row.coverage is not None and row.coverage >= self._settings.least_coverage
        return DayStatus.NO_DATA if status in _SHORTFALLS and not is_watched else status

    def _with_lateness(self, row: AttendanceDay, shift: ShiftSettings, window: Window, seen: _Seen) -> AttendanceDay:
        start, end = window.start or window.opens, window.end or window.closes
        late_s = 0.0 if seen.entered is None else _beyond(seen.entered.at - start, shift.late_grace_min)
        early_s = 0.0
        if seen.left is not None and self._now >= end:
            early_s = _beyond(end - seen.left.at, shift.early_grace_min)
        late_is_seen = late_s == 0 or seen.entered is None or self._was_watched(start, seen.entered.at)
        early_is_seen = early_s == 0 or seen.left is None or self._was_watched(seen.left.at, end)
        return replace(
            row,
            late_s=late_s if late_is_seen else 0.0,
            early_s=early_s if early_is_seen else 0.0,
            is_late_doubtful=not late_is_seen,
            is_early_doubtful=not early_is_seen,
        )

    def _was_watched(self, start: datetime, end: datetime) -> bool:
        share = self._watchers.share(start, end)
        return share is not None and share >= self._settings.least_coverage

    def _coverage_of_shift(self, window: Window) -> tuple[float | None, tuple[Gap, ...]]:
        """Of the shift as far as it is over: the share watched, and the gaps."""
        start = window.start or window.opens
        end = max(start, min(window.end or window.closes, self._now))
        if (start, end) not in self._of_shift:
            self._of_shift[start, end] = (self._watchers.share(start, end), self._watchers.gaps(start, end))
        return self._of_shift[start, end]

    def _coverage_of_day(self, window: Window, seen: _Seen) -> float | None:
        ids = {visit.source_id for visit in seen.visits} & set(self._sources)
        found = [self._sources[source_id].seconds(window.opens, window.closes) for source_id in sorted(ids)]
        due_s = sum(due for _, due in found)
        return sum(watched for watched, _ in found) / due_s if due_s > 0 else None

    def _worked_s(self, seen: _Seen, shift: ShiftSettings) -> float:
        if shift.hours is HoursBy.PRESENCE:
            return seen.presence_s
        worked = worked_s(seen.punches, seen.visits, self._settings.punches, shift.hours)
        pause_s = shift.break_min * 60.0
        return worked - pause_s if worked > pause_s else worked


def _by_hours(working_s: float, shift: ShiftSettings) -> DayStatus:
    if working_s < shift.absent_below_h * 3600:
        return DayStatus.ABSENT
    return DayStatus.HALF_DAY if working_s < shift.half_day_below_h * 3600 else DayStatus.PRESENT


def _beyond(by: timedelta, grace_min: int) -> float:
    """Seconds by which somebody is late or early, all of them, once they are more than the grace."""
    return by.total_seconds() if by > timedelta(minutes=grace_min) else 0.0


def _presence_s(visits: Sequence[Visit]) -> float:
    """The sum of the presence, but no more than the visits' union: what two sources saw at once counts once."""
    return min(sum(visit.presence_s for visit in visits), union_s(visits))


def _note(gaps: Sequence[Gap], zone: tzinfo) -> str:
    """`entrance was down from 09:10 to 11:00`; the longest ones first."""
    longest = sorted(gaps, key=lambda gap: gap.start - gap.end)[:3]
    told = [
        f"{gap.label} did not watch from {gap.start.astimezone(zone):%H:%M} to {gap.end.astimezone(zone):%H:%M}"
        for gap in sorted(longest, key=lambda gap: gap.start)
    ]
    more = len(gaps) - len(longest)
    return "; ".join(told) + (f"; and {more} more times" if more else "")
