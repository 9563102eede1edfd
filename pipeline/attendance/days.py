"""Single days of attendance: made once, and again only when something changes that they depend on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.attendance.evidence.record import FileVersion
from pipeline.attendance.rows import AttendanceDay

ROWS_KEPT = 150_000
"""Of all days together: ten months of five hundred people, about 150 MB."""


@dataclass(frozen=True, slots=True)
class FootageFacts:
    """What decides which of a footage's rows count, and for how long."""

    source_id: str
    current_run_id: str | None
    start_ts: datetime
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class DayBasis:
    """All that a day depends on, beside the rules and the people."""

    files: tuple[FileVersion, ...]
    """Of sightings and of coverage, as far as the day reaches."""
    footage: tuple[FootageFacts, ...]
    """Of which these files are."""
    until: datetime
    """The minute in which the day is looked at, but not before it can begin nor after it must be over."""


@dataclass(frozen=True, slots=True)
class MadeDay:
    """One day's rows."""

    rows: tuple[AttendanceDay, ...]
    """By name and id."""
    guessed: frozenset[str]
    """Ids of the footage that was left out, since nobody vouches for its time."""


class KeptDays:
    """The days that were asked for last; for all threads."""

    def __init__(self, most_rows: int = ROWS_KEPT) -> None:
        self._most_rows, self._n_rows = most_rows, 0
        self._kept: OrderedDict[tuple[date, str], tuple[DayBasis, MadeDay]] = OrderedDict()
        self._lock = threading.Lock()

    def day(self, day: date, rules_digest: str, basis: DayBasis, make: Callable[[], MadeDay]) -> MadeDay:
        """The day by these rules and people on this basis, made if it is not at hand; an older basis is forgotten."""
        with self._lock:
            kept = self._kept.get((day, rules_digest))
            if kept is not None and kept[0] == basis:
                self._kept.move_to_end((day, rules_digest))
                return kept[1]
        made = make()
        with self._lock:
            self._forget((day, rules_digest))
            self._kept[day, rules_digest] = (basis, made)
            self._n_rows += len(made.rows)
            while self._n_rows > self._most_rows and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))
        return made

    def _forget(self, key: tuple[date, str]) -> None:
        kept = self._kept.pop(key, None)
        self._n_rows -= 0 if kept is None else len(kept[1].rows)
