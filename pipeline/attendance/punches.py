"""From visits to check-ins and check-outs, and from these to working hours, by the rules of Frappe HRMS.

HRMS knows entries that alternate between in and out, and entries that say which they are; hours are those from the
first to the last, or those between each pair. Beside these, somebody may just be seen: first and last. As in HRMS,
check-ins and check-outs are of whole seconds, so that its late entries are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from pipeline.attendance.rows import Direction, Punch, Visit
from pipeline.attendance.rules.settings import HoursBy, PunchesBy


@dataclass(frozen=True, slots=True)
class Doors:
    """Which sources see people come, and which see them go; ids."""

    entries: frozenset[str]
    exits: frozenset[str]

    def is_entry(self, source_id: str) -> bool:
        """Whether who is seen there comes in: all sources but exits, when no entry is named."""
        return source_id in self.entries if self.entries else source_id not in self.exits

    def is_exit(self, source_id: str) -> bool:
        """Whether who is seen there leaves: all sources but entries, when no exit is named."""
        return source_id in self.exits if self.exits else source_id not in self.entries


def joined_visits(visits: Iterable[Visit], gap_s: float) -> list[Visit]:
    """Visits of one person, those to one source that follow each other within `gap_s` as one; by start.

    The presence of a joined visit is that of its parts.
    """
    latest: dict[str, int] = {}
    joined: list[Visit] = []
    for visit in visits:
        place = latest.get(visit.source_id)
        if place is not None and (visit.start_ts - joined[place].end_ts) <= timedelta(seconds=gap_s):
            joined[place] = _both(joined[place], visit)
            continue
        latest[visit.source_id] = len(joined)
        joined.append(visit)
    return joined


def punches_of(visits: Sequence[Visit], by: PunchesBy, doors: Doors, gap_s: float) -> tuple[Punch, ...]:
    """The check-ins and check-outs of one person's visits, which are sorted by start; in order of time."""
    if not visits:
        return ()
    if by is PunchesBy.SEEN:
        last = max(visits, key=lambda visit: visit.end_ts)
        return (
            _punch(visits[0].start_ts, Direction.IN, visits[0]),
            _punch(last.end_ts, Direction.OUT, last),
        )
    joined = joined_visits(visits, gap_s)
    if by is PunchesBy.ALTERNATING:
        turns = (Direction.IN, Direction.OUT)
        return tuple(_punch(visit.start_ts, turns[n % 2], visit) for n, visit in enumerate(joined))
    return tuple(sorted(_door_punches(joined, doors), key=lambda punch: (punch.at, punch.direction)))


def first_in(punches: Iterable[Punch], by: PunchesBy) -> Punch | None:
    """The check-in of the day."""
    return next((punch for punch in punches if _is(punch, Direction.IN, by)), None)


def last_out(punches: Sequence[Punch], by: PunchesBy, hours: HoursBy) -> Punch | None:
    """The check-out of the day; of alternating entries the last one, whichever it is, unless it is the only one.

    Where each pair of doors counts for itself, it is the last check-out that has a check-in.
    """
    if by is PunchesBy.ALTERNATING:
        return punches[-1] if len(punches) > 1 else None
    if by is PunchesBy.DOORS and hours is HoursBy.EVERY:
        return next((left for _, left in reversed(list(_pairs(punches)))), None)
    return next((punch for punch in reversed(punches) if _is(punch, Direction.OUT, by)), None)


def worked_s(punches: Sequence[Punch], visits: Sequence[Visit], by: PunchesBy, hours: HoursBy) -> float:
    """Seconds of work by check-ins and check-outs, before any break is taken off; 0 without both.

    Hours of presence are not counted here. Who is only seen has `every` visit counted from its start to its end.
    """
    if hours is HoursBy.EVERY and by is PunchesBy.SEEN:
        return union_s(visits)
    if hours is HoursBy.EVERY:
        return sum((left.at - entered.at).total_seconds() for entered, left in _pairs(punches))
    entered, left = first_in(punches, by), last_out(punches, by, hours)
    if entered is None or left is None:
        return 0.0
    return max((left.at - entered.at).total_seconds(), 0.0)


def union_s(visits: Sequence[Visit]) -> float:
    """Seconds that at least one of the visits covers; they are sorted by start."""
    total, reached = timedelta(), None
    for visit in visits:
        begin = visit.start_ts if reached is None else max(visit.start_ts, reached)
        total += max(visit.end_ts - begin, timedelta())
        reached = visit.end_ts if reached is None else max(reached, visit.end_ts)
    return total.total_seconds()


def _both(one: Visit, other: Visit) -> Visit:
    return replace(one, end_ts=max(one.end_ts, other.end_ts), presence_s=one.presence_s + other.presence_s)


def _door_punches(visits: Iterable[Visit], doors: Doors) -> Iterable[Punch]:
    for visit in visits:
        if doors.is_entry(visit.source_id):
            yield _punch(visit.start_ts, Direction.IN, visit)
        elif doors.is_exit(visit.source_id):
            yield _punch(visit.end_ts, Direction.OUT, visit)


def _is(punch: Punch, direction: Direction, by: PunchesBy) -> bool:
    return by is PunchesBy.ALTERNATING or punch.direction is direction


def _pairs(punches: Iterable[Punch]) -> Iterable[tuple[Punch, Punch]]:
    """Each check-in with the check-out that follows it; a second check-in meanwhile is passed over."""
    entered = None
    for punch in punches:
        if entered is None:
            entered = punch if punch.direction is Direction.IN else None
        elif punch.direction is Direction.OUT:
            yield entered, punch
            entered = None


def _punch(at: datetime, direction: Direction, visit: Visit) -> Punch:
    return Punch(at.replace(microsecond=0), direction, visit.source_id)
