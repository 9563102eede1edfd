"""Who works which shift on which day, who has leave, and which days are holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from pipeline.attendance.rows import Member
from pipeline.attendance.rules.settings import AttendanceSettings, LeaveSettings, RosterSettings, check_rosters
from pipeline.attendance.rules.windows import Plan, plan_of


class Roster:
    """The rosters of the settings, looked up by person and day.

    A line that names the person goes before one for everybody; among these the one that begins later goes first, and
    then the one that was written later. Raises `SettingsError` for a line of a shift that there is not.
    """

    def __init__(self, settings: AttendanceSettings) -> None:
        check_rosters(settings)
        self._settings = settings
        self._everybody = _latest_first(entry for entry in settings.roster if not entry.people)
        named: dict[str, list[RosterSettings]] = defaultdict(list)
        for entry in settings.roster:
            for person in entry.people:
                named[person].append(entry)
        self._named = {person: _latest_first(entries) for person, entries in named.items()}
        self._plans: dict[tuple[date, str | None, bool], Plan] = {}
        self._holidays = {holiday.day: holiday.name for holiday in settings.holidays}
        self._leave: dict[str, list[LeaveSettings]] = defaultdict(list)
        for leave in settings.leave:
            self._leave[leave.person].append(leave)

    def plans(self, member: Member, days: Iterable[date]) -> list[Plan]:
        """The member's plan of each day; lines for everybody that name no first day are presumed before enrolment."""
        own = (*self._named.get(member.person_id, ()), *self._named.get(member.name, ()))
        entries = (*_latest_first(own), *self._everybody) if own else self._everybody
        return [self._plan(entries, day, member) for day in days]

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on that day."""
        return self._holidays.get(day)

    def leave(self, member: Member, day: date) -> str | None:
        """The name of the leave that the member has on that day."""
        for person in (member.person_id, member.name):
            for leave in self._leave.get(person, ()):
                if leave.first_day <= day <= leave.last_day:
                    return leave.name
        return None

    def code(self, member: Member) -> str:
        """What other systems call the member; empty when nobody said."""
        codes: Mapping[str, str] = self._settings.codes
        return codes.get(member.person_id) or codes.get(member.name) or ""

    def _plan(self, entries: Iterable[RosterSettings], day: date, member: Member) -> Plan:
        for entry in entries:
            if _holds(entry, day):
                is_open = not entry.people and entry.first_day is None
                is_presumed = not member.is_enrolled or (is_open and day < member.since)
                return self._plan_of(day, entry.shift, is_presumed=is_presumed)
        return self._plan_of(day, None)

    def _plan_of(self, day: date, name: str | None, *, is_presumed: bool = False) -> Plan:
        """Most people have the same: it is made once."""
        key = (day, name, is_presumed)
        if key not in self._plans:
            shift = None if name is None else self._settings.shifts[name]
            self._plans[key] = plan_of(day, name, shift, is_presumed=is_presumed)
        return self._plans[key]


def strangers(settings: AttendanceSettings, members: Iterable[Member]) -> tuple[str, ...]:
    """Names and ids in rosters, leave and codes that are nobody's; sorted."""
    named = {person for entry in settings.roster for person in entry.people}
    named |= {leave.person for leave in settings.leave} | set(settings.codes)
    known = {text for member in members for text in (member.person_id, member.name)}
    return tuple(sorted(named - known))


def _holds(entry: RosterSettings, day: date) -> bool:
    return (entry.first_day or date.min) <= day and (entry.last_day is None or day <= entry.last_day)


def _latest_first(entries: Iterable[RosterSettings]) -> tuple[RosterSettings, ...]:
    in_order = sorted(enumerate(entries), key=lambda item: (item[1].first_day or date.min, item[0]), reverse=True)
    return tuple(entry for _, entry in in_order)
