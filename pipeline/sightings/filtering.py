"""Which sightings are asked for, by a command or for a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import InputError, NotFound
from pipeline.sightings.rows import SightingRow, Status

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.work.sources import SourceRecord
    from pipeline.sightings.record.store import RowFilter

UNKNOWN_PREFIX = "unknown-"
LONGEST_SIGHTING = timedelta(days=1)
"""How far before a moment the sightings are read that may still last at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingFilter:
    """What a sighting must be to be shown; absent parts let everything pass."""

    person_id: str | None = None
    source_ids: frozenset[str] | None = None
    statuses: frozenset[Status] | None = None
    start: datetime | None = None
    """Sightings that end before it are left out."""
    end: datetime | None = None
    """Sightings that begin at it or later are left out."""
    min_presence_s: float = 0.0

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            begin, end = (moment.isoformat(" ", "seconds") for moment in (self.start, self.end))
            raise InputError(f"the span asked for ends before it begins: --from is {begin}, --to is {end}")

    def passes(self, row: SightingRow) -> bool:
        """Whether a sighting is asked for."""
        return (
            self._passes_who(row)
            and self.passes_source(row.source_id)
            and (self.start is None or row.end_ts >= self.start)
            and (self.end is None or row.start_ts < self.end)
            and row.presence_s >= self.min_presence_s
        )

    def passes_source(self, source_id: str) -> bool:
        """Whether a source is asked for."""
        return self.source_ids is None or source_id in self.source_ids

    def as_rows(self) -> RowFilter:
        """Which files of the record to read: none that cannot hold what is asked for.

        A sighting lies with the day on which it began, so that one from before midnight needs the day before.
        """
        from pipeline.sightings.record.store import RowFilter

        only = next(iter(self.source_ids)) if self.source_ids and len(self.source_ids) == 1 else None
        return RowFilter(
            source_id=only,
            first_day=None if self.start is None else (self.start - LONGEST_SIGHTING).date(),
            last_day=None if self.end is None else self.end.date(),
        )

    def _passes_who(self, row: SightingRow) -> bool:
        return self.person_id in {None, row.person_id} and (self.statuses is None or row.status in self.statuses)


def find_sources(sources: Iterable[SourceRecord], wanted: Iterable[str] | None) -> frozenset[str] | None:
    """The ids of the sources meant by id, the start of an id, or file name; None when none was asked for.

    Raises `NotFound` for one that means nothing, and `InputError` for the start of several ids.
    """
    if not wanted:
        return None
    known = list(sources)
    return frozenset(source_id for text in wanted for source_id in _source_ids(known, text))


def find_person_id(control: Control, wanted: str) -> str:
    """The id of the person meant by name or id; an unknown's id is itself. Raises `NotFound`."""
    from pipeline.control.gallery.people import People

    if wanted.startswith(UNKNOWN_PREFIX):
        return wanted
    return People(control).person(wanted).person_id


def _source_ids(known: list[SourceRecord], wanted: str) -> list[str]:
    exact = [s.source_id for s in known if wanted in {s.source_id, s.label, s.path}]
    if exact:
        return exact
    starting = [s.source_id for s in known if s.source_id.startswith(wanted)]
    if len(starting) > 1:
        raise InputError(f"--source {wanted!r} is the start of {len(starting)} source ids; give more of it")
    if not starting:
        names = ", ".join(s.label for s in known[:20]) or "none yet"
        raise NotFound(f"no source {wanted!r}; there are: {names}")
    return starting
