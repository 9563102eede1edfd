"""The values of an attendance report: what goes in of the record, and what comes out per person and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

import msgspec

from pipeline.attendance.evidence.watching import Gap, Watch, Watchers


class Visit(msgspec.Struct, frozen=True, gc=False):
    """One sighting of a known person, as much of it as attendance needs; made by the hundred thousand."""

    person_id: str
    person_name: str
    source_id: str
    start_ts: datetime
    end_ts: datetime
    presence_s: float


def in_order(visits: Iterable[Visit]) -> list[Visit]:
    """By start, then by end and source."""
    return sorted(visits, key=attrgetter("start_ts", "end_ts", "source_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who may be in the report."""

    person_id: str
    name: str
    since: date
    """The day of the enrolment: before it nobody is absent by a roster of everybody that names no first day."""
    is_enrolled: bool = True
    """Who is not (any more) is in the report where seen, and absent nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the record says: whom cameras saw, and when they watched."""

    visits: Mapping[str, Sequence[Visit]]
    """Person id -> when cameras saw this person, in order of time."""
    watchers: Watchers
    """Those that must watch for somebody to be called absent."""
    sources: Mapping[str, Watch]
    """Source id -> what it watched."""


class DayStatus(StrEnum):
    """What becomes of a person's day."""

    PRESENT = "present"
    HALF_DAY = "half_day"
    ABSENT = "absent"
    LEAVE = "leave"
    HOLIDAY = "holiday"
    WEEKLY_OFF = "weekly_off"
    PENDING = "pending"  # the shift is not over yet, and the person was not seen so far
    NO_DATA = "no_data"  # cannot tell: too little of the shift was watched

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")

    @property
    def letter(self) -> str:
        """As it stands in a grid of a month."""
        return _LETTERS[self]


_LETTERS = {
    DayStatus.PRESENT: "P",
    DayStatus.HALF_DAY: "HD",
    DayStatus.ABSENT: "A",
    DayStatus.LEAVE: "L",
    DayStatus.HOLIDAY: "H",
    DayStatus.WEEKLY_OFF: "WO",
    DayStatus.PENDING: "...",
    DayStatus.NO_DATA: "?",
}
"""Those of HRMS's monthly sheet, in plain ASCII: a spreadsheet that guesses a file's encoding shows them right."""


class Direction(StrEnum):
    """Which way somebody goes."""

    IN = "IN"
    OUT = "OUT"


@dataclass(frozen=True, slots=True)
class Punch:
    """One check-in or check-out."""

    at: datetime
    direction: Direction
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceDay:
    """One person on one day. Times are in the report's zone."""

    day: date
    person_id: str
    person_name: str
    code: str
    """What other systems call the person; empty when nobody said."""
    shift: str | None
    shift_start: datetime | None
    shift_end: datetime | None
    status: DayStatus
    first_seen: datetime | None
    last_seen: datetime | None
    first_in: datetime | None
    in_source: str | None
    """Id of the source that saw the first check-in."""
    last_out: datetime | None
    out_source: str | None
    working_s: float
    presence_s: float
    """Seconds in which a camera saw the person; moments that two sources saw count once."""
    late_s: float
    """Seconds after the start of the shift, once they are more than the grace; else 0."""
    early_s: float
    n_sightings: int
    coverage: float | None
    """Share of the shift that was watched, 0..1; without a shift, the share watched of what was recorded of the day by
    the sources that saw the person. None when nothing is recorded."""
    is_late_doubtful: bool
    """Too little was watched before the check-in to call it late."""
    is_early_doubtful: bool
    note: str
    """Name of the holiday or leave, or what hinders a verdict; in words."""
    gaps: tuple[Gap, ...]
    """When cameras that count did not watch during the shift."""
    visits: tuple[Visit, ...]
    """What is left of the sightings within the day's window; in UTC."""
    punches: tuple[Punch, ...]

    @property
    def is_late(self) -> bool:
        """Late entry."""
        return self.late_s > 0

    @property
    def is_early(self) -> bool:
        """Early exit."""
        return self.early_s > 0
