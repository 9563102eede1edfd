"""The section `attendance:` of the settings: shifts, who works them, days off, and which cameras count.

The words are those of Frappe HRMS, so that what is reported here and what is made of exported check-ins there agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from pipeline.errors import SettingsError
from pipeline.options import check_range

NAME = re.compile(r"[^\W_](?:[\w .-]{0,38}[\w.-])?")
"""What a shift may be called."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MIDNIGHT_MIN = 24 * 60


class Weekday(StrEnum):
    """The days of a week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)
WORKWEEK = WEEK[:5]


class PunchesBy(StrEnum):
    """What makes somebody's check-ins and check-outs."""

    SEEN = "seen"  # the first moment seen is the check-in, the last one the check-out
    ALTERNATING = "alternating"  # each visit to a camera is one entry: in, out, in, out
    DOORS = "doors"  # entry cameras check in, exit cameras check out


class HoursBy(StrEnum):
    """What counts as working hours."""

    FIRST_LAST = "first_last"  # from the first check-in to the last check-out
    EVERY = "every"  # each check-in to the check-out that follows it
    PRESENCE = "presence"  # only what a camera saw of the person


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftSettings:
    """When somebody is to be there; a shift that ends before it starts ends on the next day."""

    start: str | int
    """Such as 09:00, by the clock on the wall; a number is minutes after midnight, as YAML reads 17:30."""
    end: str | int
    days: tuple[Weekday, ...] = WORKWEEK
    """On which it begins; the others are weekly off."""
    late_grace_min: int = 0
    """Later than this after the start is a late entry, in minutes."""
    early_grace_min: int = 0
    """Earlier than this before the end is an early exit, in minutes."""
    half_day_below_h: float = 0.0
    """Fewer working hours are a half day; 0 is never."""
    absent_below_h: float = 0.0
    """Fewer working hours are an absence; 0 is never."""
    opens_min: int = 60
    """Check-ins count from so long before the start, in minutes."""
    closes_min: int = 60
    """Check-outs count until so long after the end, in minutes."""
    break_min: int = 0
    """Taken off the working hours of who was there for longer than it, in minutes; not off presence."""
    hours: HoursBy = HoursBy.FIRST_LAST
    counts_days_off: bool = False
    """Whether who comes on a holiday or a weekly off is present."""

    def __post_init__(self) -> None:
        if minutes_of(self.start) % _MIDNIGHT_MIN == minutes_of(self.end) % _MIDNIGHT_MIN:
            raise SettingsError(f"a shift from {self.start} to {self.end} has no length")
        check_range("late_grace_min", self.late_grace_min, 0, 720)
        check_range("early_grace_min", self.early_grace_min, 0, 720)
        check_range("half_day_below_h", self.half_day_below_h, 0, 24)
        check_range("absent_below_h", self.absent_below_h, 0, 24)
        check_range("opens_min", self.opens_min, 0, 720)
        check_range("closes_min", self.closes_min, 0, 720)
        check_range("break_min", self.break_min, 0, 720)

    @property
    def begins_at(self) -> time:
        """On the clock on the wall."""
        return _time_of(self.start)

    @property
    def ends_at(self) -> time:
        """On the clock on the wall, of the next day when the shift is overnight."""
        return _time_of(self.end)

    @property
    def is_overnight(self) -> bool:
        """Whether it ends on the day after the one that it belongs to."""
        return self.ends_at <= self.begins_at

    @property
    def label(self) -> str:
        """`09:00–17:30`."""
        return f"{self.begins_at:%H:%M}–{self.ends_at:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSettings:
    """Who works a shift, from one day to another, both included."""

    shift: str
    people: tuple[str, ...] = ()
    """Names or ids; nobody named is everybody who is enrolled."""
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            raise SettingsError(f"roster of {self.shift}: {self.last_day} lies before {self.first_day}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaySettings:
    """A day on which nobody has to come."""

    day: date
    name: str = "Holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveSettings:
    """Days on which somebody has leave, both included."""

    person: str
    """A name or an id."""
    first_day: date
    last_day: date
    name: str = "Leave"

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise SettingsError(f"leave: {self.last_day} lies before {self.first_day}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceSettings:
    """The whole section. Cameras and footage are named by id or label."""

    shifts: dict[str, ShiftSettings] = field(default_factory=dict)
    roster: tuple[RosterSettings, ...] = ()
    holidays: tuple[HolidaySettings, ...] = ()
    leave: tuple[LeaveSettings, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    """Name or id of a person -> what the person is called by other systems, such as HR-EMP-00001."""
    sources: tuple[str, ...] = ()
    """Only what these saw counts; all otherwise."""
    entries: tuple[str, ...] = ()
    """Cameras that see people come in; with `punches: doors`."""
    exits: tuple[str, ...] = ()
    """Cameras that see people leave; with `punches: doors`."""
    punches: PunchesBy = PunchesBy.SEEN
    same_visit_s: float = 60.0
    """Seen again within so many seconds is the same visit."""
    least_coverage: float = 0.9
    """Where less of the time in question was watched, 0..1, nobody is called absent, late or early."""
    take_mtime: bool = False
    """Take times that are a file's modification time, for which nobody vouches."""

    def __post_init__(self) -> None:
        check_range("attendance.same_visit_s", self.same_visit_s, 0, 24 * 3600)
        check_range("attendance.least_coverage", self.least_coverage, 0, 1)
        both = sorted(set(self.entries) & set(self.exits))
        if both:
            raise SettingsError(f"attendance: {', '.join(both)} is entry and exit; with one camera take alternating")
        for name in self.shifts:
            check_shift_name(name)


def check_shift_name(name: str) -> None:
    """Raise `SettingsError` unless a shift can be called so."""
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name!r} cannot be a shift's name: letters, digits, spaces, '.', '-' and '_', at most 40")


def check_rosters(settings: AttendanceSettings) -> None:
    """Raise `SettingsError` for a roster of a shift that there is not."""
    for entry in settings.roster:
        if entry.shift not in settings.shifts:
            known = ", ".join(sorted(settings.shifts)) or "none yet"
            raise SettingsError(f"attendance.roster: there is no shift {entry.shift!r}; there are: {known}")


def minutes_of(clock: str | int) -> int:
    """Minutes after midnight of `09:00` or of a number of minutes; raises `SettingsError`."""
    found = _CLOCK.fullmatch(clock.strip()) if isinstance(clock, str) else None
    minutes = clock if isinstance(clock, int) else -1
    if found and int(found[2]) < 60:
        minutes = int(found[1]) * 60 + int(found[2])
    if not 0 <= minutes <= _MIDNIGHT_MIN:
        raise SettingsError(f"{clock!r} is no time of day; write 09:00 or 17:30")
    return minutes


def _time_of(clock: str | int) -> time:
    hours, minutes = divmod(minutes_of(clock) % _MIDNIGHT_MIN, 60)
    return time(hours, minutes)
