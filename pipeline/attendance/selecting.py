"""Which rows of an attendance report are wanted: the same choice for a page and for the file downloaded from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.attendance.rows import AttendanceDay, DayStatus

LATE, EARLY = "late", "early"
NO_SHIFT = "-"
"""Asks for those who have no shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a row must be; absent parts let everything pass."""

    person_id: str | None = None
    text: str = ""
    """Part of the name or of the code, in any case."""
    shift: str | None = None
    statuses: frozenset[DayStatus] = frozenset()
    is_late: bool = False
    is_early: bool = False

    def rows(self, rows: Iterable[AttendanceDay]) -> list[AttendanceDay]:
        """Those that are wanted, in the order given."""
        if self == Selection():
            return list(rows)
        return [row for row in rows if self._passes_who(row) and self._passes_what(row)]

    def without_what(self) -> Selection:
        """The same people, whatever became of their days."""
        return replace(self, statuses=frozenset(), is_late=False, is_early=False)

    def _passes_who(self, row: AttendanceDay) -> bool:
        wanted = self.text.casefold()
        return self.person_id in {None, row.person_id} and (
            not wanted or wanted in row.person_name.casefold() or wanted in row.code.casefold()
        )

    def _passes_what(self, row: AttendanceDay) -> bool:
        return (
            (self.shift is None or (row.shift or NO_SHIFT) == self.shift)
            and (not self.statuses or row.status in self.statuses)
            and (row.is_late or not self.is_late)
            and (row.is_early or not self.is_early)
        )


def selection_of(
    *, person_id: str | None = None, text: str = "", shift: str | None = None, what: Iterable[str] = ()
) -> Selection:
    """A choice by words: statuses, `late` and `early`; raises `ValueError` for another word."""
    words = frozenset(what)
    return Selection(
        person_id=person_id,
        text=text.strip(),
        shift=shift or None,
        statuses=frozenset(DayStatus(word) for word in words - {LATE, EARLY}),
        is_late=LATE in words,
        is_early=EARLY in words,
    )
