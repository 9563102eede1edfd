"""All sightings of a data folder at hand, for pages that ask often: some 220 bytes a sighting, newest first.

    Catalogue(data_dir)
    .find(query, limit, after) -> CataloguePage       sightings, newest first, page after page
    .get(sighting_id) -> SightingRow                  raises `NotFound`
    .people(query) -> [SubjectCount]                  count, first, last, presence; also of uncertain ones
    .days(edges, query) -> [DayCount]                 by day and source
    .seen(query, most) -> {source_id: Seen}           whom each source shows, with the best faces
    .activity(query, since, until, n_bins) -> [Activity]  for pictures of long stretches of time
    .refresh()                                        reads what changed; the others do it, at most once a second
    .begin()                                          starts reading, apart from the caller
    .state() -> CatalogueState                        how much is read, and which files cannot be

A query answers from what has been read: it waits a moment for what has changed, and never for a whole record. While
`state().is_reading`, older days may be missing: the newest come first. For all threads of one process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np

from pipeline.errors import NotFound, StoreDamaged
from pipeline.sightings.catalogue.counts import (
    Activity,
    Chosen,
    DayCount,
    SubjectCount,
    count_activity,
    count_days,
    count_subjects,
)
from pipeline.sightings.catalogue.files import FileMark, Partition, changed_days, list_partitions, path_of
from pipeline.sightings.catalogue.queries import (
    EVERYTHING,
    CatalogueQuery,
    Cursor,
    Matcher,
    after_cursor,
    cursor_after,
    first_of_each,
    matcher_for,
)
from pipeline.sightings.catalogue.rows import CatalogueRows, Vocabulary, joined, newest_first, read_rows
from pipeline.sightings.catalogue.seen import EVERYBODY, Seen, seen_by_source
from pipeline.sightings.record.arrays import SightingColumns
from pipeline.sightings.rows import SightingRow

logger = logging.getLogger(__name__)

FRESH_S = 1.0
"""What was compared with the files so recently is not compared again, in seconds."""

PATIENCE_S = 0.2
"""How long a query waits for changes to be read, in seconds; then it answers with what there is."""

FIRST_PATIENCE_S = 4.0
"""The same for the first reading of all."""


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Some sightings, and where the next ones are."""

    sightings: tuple[SightingRow, ...]
    after: Cursor | None
    """To be handed in for the next page; None at the end."""


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """How much of the record is at hand."""

    n_sightings: int
    is_reading: bool
    """Whether files wait to be read; newest days come first."""
    unreadable: tuple[str, ...]
    """Files that could not be read, in words."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What has been read at one moment; never changed, only replaced."""

    days: Mapping[str, CatalogueRows] = field(default_factory=dict)
    """UTC date of the start -> its sightings, newest first; the newest day first."""
    files: Mapping[Partition, FileMark] = field(default_factory=dict)
    problems: Mapping[Partition, str] = field(default_factory=dict)


class Catalogue:
    """The sightings of one data folder; nothing is read before the first question."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "sightings"
        self._words = Vocabulary()
        self._snapshot = _Snapshot()
        self._reading = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._lock = threading.Lock()
        self._checked_at = -FRESH_S
        self._began_at = 0.0
        self._has_read_all = False

    def find(self, query: CatalogueQuery = EVERYTHING, limit: int = 50, after: Cursor | None = None) -> CataloguePage:
        """At most `limit` sightings, newest first, those that start together by id; after the cursor, when given."""
        found: list[SightingRow] = []
        for rows, places in self._chosen(query):
            wanted = places if after is None else after_cursor(rows, places, after)
            found.extend(rows.row(place, self._words) for place in wanted[: limit + 1 - len(found)].tolist())
            if len(found) > limit:
                return CataloguePage(tuple(found[:limit]), cursor_after(found[limit - 1]))
        return CataloguePage(tuple(found), None)

    def newest_of_each(
        self, person_ids: frozenset[str], limit: int, query: CatalogueQuery = EVERYTHING
    ) -> dict[str, tuple[SightingRow, ...]]:
        """At most `limit` sightings that fit of each of these people, newest first, by one look through the days."""
        found: dict[str, list[SightingRow]] = {person_id: [] for person_id in person_ids}
        for rows, places in self._chosen(replace(query, person_ids=person_ids)):
            for place in places[first_of_each(rows.person[places], limit)].tolist():
                row = rows.row(place, self._words)
                if row.person_id is not None and len(found[row.person_id]) < limit:
                    found[row.person_id].append(row)
            if all(len(theirs) == limit for theirs in found.values()):
                break
        return {person_id: tuple(theirs) for person_id, theirs in found.items()}

    def get(self, sighting_id: str) -> SightingRow:
        """The sighting of that id; raises `NotFound`."""
        self._freshen()
        wanted = sighting_id.encode()
        for rows in self._snapshot.days.values():
            places = np.flatnonzero(rows.sighting_id == wanted)
            if len(places):
                return rows.row(int(places[0]), self._words)
        raise NotFound(f"no sighting {sighting_id!r}; it may have gone when its source was looked at anew")

    def people(self, query: CatalogueQuery = EVERYTHING) -> list[SubjectCount]:
        """Everybody who was seen: people and unknown ones by id, uncertain sightings by whom they resemble."""
        return count_subjects(self._chosen(query), self._words)

    def days(self, edges: Sequence[tuple[date, datetime]], query: CatalogueQuery = EVERYTHING) -> list[DayCount]:
        """Sightings by day and source, see `count_days`."""
        within = replace(query, since=edges[0][1], until=edges[-1][1])
        return count_days(self._chosen(within), self._words, edges)

    def activity(self, query: CatalogueQuery, since: datetime, until: datetime, n_bins: int) -> list[Activity]:
        """How many sightings of each subject touch each of `n_bins` equal stretches of time, see `count_activity`."""
        within = replace(query, since=since, until=until)
        return count_activity(self._chosen(within), self._words, since, until, n_bins)

    def seen(self, query: CatalogueQuery = EVERYTHING, most: int = EVERYBODY) -> dict[str, Seen]:
        """Whom each source shows, with at most so many people of each; those that show nobody are left out."""
        return seen_by_source(self._chosen(query), self._words, most)

    def count(self, query: CatalogueQuery = EVERYTHING) -> int:
        """How many sightings fit."""
        return sum(len(places) for _, places in self._chosen(query))

    def span(self) -> tuple[datetime, datetime] | None:
        """From the first start to the last end of all; None without sightings."""
        found = self.people()
        return (min(one.first_seen for one in found), max(one.last_seen for one in found)) if found else None

    def state(self) -> CatalogueState:
        """How much is at hand."""
        self._freshen()
        snapshot = self._snapshot
        return CatalogueState(
            n_sightings=sum(len(rows) for rows in snapshot.days.values()),
            is_reading=not (self._has_read_all and self._idle.is_set()),
            unreadable=tuple(snapshot.problems.values()),
        )

    def begin(self) -> None:
        """Let reading begin apart from the caller, so that the first question finds something."""
        with self._lock:
            self._read_apart()

    def refresh(self) -> bool:
        """Read every file that changed, however long that takes; says whether there was one."""
        with self._reading:
            self._idle.clear()
            try:
                return self._read_changes()
            finally:
                self._checked_at = time.monotonic()
                self._idle.set()

    def _chosen(self, query: CatalogueQuery) -> Iterator[Chosen]:
        """Each day that has some of the sightings, the newest first; the words of all are there on return."""
        self._freshen()
        days = self._snapshot.days
        return _matching(days.values(), matcher_for(query, self._words))

    def _freshen(self) -> None:
        with self._lock:
            if time.monotonic() - self._checked_at >= FRESH_S and self._idle.is_set():
                self._read_apart()
        patience_s = PATIENCE_S if self._has_read_all else FIRST_PATIENCE_S
        self._idle.wait(max(0.0, self._began_at + patience_s - time.monotonic()))

    def _read_apart(self) -> None:
        self._idle.clear()
        self._began_at = time.monotonic()
        threading.Thread(target=self.refresh, name="catalogue", daemon=True).start()

    def _read_changes(self) -> bool:
        files = list_partitions(self._folder)
        changes = list(changed_days(self._snapshot.files, files))
        for day, sources in changes:
            self._snapshot = self._with_day(self._snapshot, day, sources, files)
        self._has_read_all = True
        return bool(changes)

    def _with_day(
        self, snapshot: _Snapshot, day: str, sources: frozenset[str], files: Mapping[Partition, FileMark]
    ) -> _Snapshot:
        """The snapshot with these sources of a day read anew."""
        partitions = [Partition(day, source) for source in sorted(sources)]
        problems = {key: words for key, words in snapshot.problems.items() if key not in partitions}
        marks = {key: mark for key, mark in snapshot.files.items() if key not in partitions}
        marks.update((key, files[key]) for key in partitions if key in files)
        parts = self._kept(snapshot, day, sources)
        for partition in (key for key in partitions if key in files):
            try:
                columns = SightingColumns(path_of(self._folder, partition))
            except StoreDamaged as error:
                logger.warning("not shown on pages: %s", error)
                problems[partition] = str(error)
                continue
            if len(columns):
                parts.append(read_rows(columns, self._words))
        return _Snapshot(_with_rows(snapshot.days, day, parts), marks, problems)

    def _kept(self, snapshot: _Snapshot, day: str, sources: frozenset[str]) -> list[CatalogueRows]:
        """What stays of the day, in one part; none without any."""
        rows = snapshot.days.get(day)
        if rows is None:
            return []
        stays = ~np.isin(rows.source, self._words.sources.codes_of(sources))
        return [rows.at(np.flatnonzero(stays))] if stays.any() else []


def _matching(days: Iterable[CatalogueRows], matcher: Matcher) -> Iterator[Chosen]:
    for rows in days:
        if matcher.until_us is not None and rows.start_us[-1] >= matcher.until_us:
            continue
        places = matcher.matching(rows)
        if len(places):
            yield rows, places


def _with_rows(days: Mapping[str, CatalogueRows], day: str, parts: Sequence[CatalogueRows]) -> dict[str, CatalogueRows]:
    """The days with one replaced, or gone when it has no parts; newest first."""
    others = {key: rows for key, rows in days.items() if key != day}
    if parts:
        others[day] = newest_first(joined(parts))
    return {key: others[key] for key in sorted(others, reverse=True)}
