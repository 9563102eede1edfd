"""Which sightings a page asks for, and which of a day's those are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.sightings.catalogue.rows import STATUSES, CatalogueRows, Order, Vocabulary, Words, microseconds
from pipeline.sightings.rows import SightingRow, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueQuery:
    """Sightings that fit all that is asked; None asks nothing, an empty set fits nothing."""

    person_ids: frozenset[str] | None = None
    """Of known people, and of unknown ones."""
    candidate_ids: frozenset[str] | None = None
    """Whom the face is most like, whatever the status."""
    statuses: frozenset[Status] | None = None
    source_ids: frozenset[str] | None = None
    since: datetime | None = None
    """Those that end after it, or start with it ..."""
    until: datetime | None = None
    """... and start before it."""
    least_score: float | None = None
    has_face: bool | None = None
    """Whether there is a thumbnail."""
    has_person: bool | None = None
    """Whether it has a person's id; uncertain ones and unknown ones of a run that goes on have none."""


EVERYTHING = CatalogueQuery()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of sightings ended; the next one goes on after it, whatever comes in before."""

    start_us: int
    sighting_id: str

    def __str__(self) -> str:
        """As it stands in addresses."""
        return f"{self.start_us}~{self.sighting_id}"


def parse_cursor(text: str) -> Cursor:
    """The cursor that was written so; raises `InputError` for anything else."""
    start, mark, sighting_id = text.partition("~")
    if not (mark and sighting_id and start.lstrip("-").isdecimal()):
        raise InputError(f"expected the address of a next page, got {text!r}")
    return Cursor(int(start), sighting_id)


def cursor_after(row: SightingRow) -> Cursor:
    """The cursor of a page that ended with this sighting."""
    return Cursor(microseconds(row.start_ts), row.sighting_id)


@dataclass(frozen=True, slots=True, eq=False)
class Matcher:
    """A query in the codes of one vocabulary."""

    query: CatalogueQuery
    people: npt.NDArray[np.bool_] | None
    """By code, whether it is asked for; the last place is that of no word. None asks nothing."""
    candidates: npt.NDArray[np.bool_] | None
    sources: npt.NDArray[np.bool_] | None
    since_us: int | None
    until_us: int | None

    def matching(self, rows: CatalogueRows) -> Order:
        """The places of the sightings that fit, in their order."""
        places = np.arange(len(rows))
        for wanted, codes in (
            (self.people, rows.person),
            (self.sources, rows.source),
            (self.candidates, rows.candidate),
        ):
            if wanted is not None:
                places = places[wanted[codes[places]]]
        places = self._in_time(rows, places)
        return self._of_kind(rows, places)

    def _in_time(self, rows: CatalogueRows, places: Order) -> Order:
        if self.until_us is not None:
            places = places[rows.start_us[places] < self.until_us]
        if self.since_us is not None:
            goes_on, starts_later = rows.end_us[places] > self.since_us, rows.start_us[places] >= self.since_us
            places = places[goes_on | starts_later]
        return places

    def _of_kind(self, rows: CatalogueRows, places: Order) -> Order:
        query = self.query
        if query.statuses is not None:
            wanted = np.array([status in query.statuses for status in STATUSES])
            places = places[wanted[rows.status[places]]]
        if query.least_score is not None:
            places = places[rows.best_score[places] >= query.least_score]
        if query.has_face is not None:
            places = places[(rows.thumb_folder[places] >= 0) == query.has_face]
        if query.has_person is not None:
            places = places[(rows.person[places] >= 0) == query.has_person]
        return places


def matcher_for(query: CatalogueQuery, words: Vocabulary) -> Matcher:
    """The query against rows with codes of `words`."""
    return Matcher(
        query=query,
        people=_wanted(query.person_ids, words.people),
        candidates=_wanted(query.candidate_ids, words.people),
        sources=_wanted(query.source_ids, words.sources),
        since_us=None if query.since is None else microseconds(query.since),
        until_us=None if query.until is None else microseconds(query.until),
    )


def after_cursor(rows: CatalogueRows, places: Order, cursor: Cursor) -> Order:
    """Of places in `rows`, newest first, those that come after the cursor."""
    start = rows.start_us[places]
    later = start < cursor.start_us
    tied = start == cursor.start_us
    later[tied] = rows.sighting_id[places[tied]] > cursor.sighting_id.encode()
    return places[later]


def first_of_each(codes: npt.NDArray[np.integer[Any]], limit: int) -> Order:
    """Where the first `limit` of each code stand in `codes`, in order."""
    by_code = np.argsort(codes, kind="stable")
    in_order = codes[by_code]
    begins = np.flatnonzero(np.diff(in_order, prepend=-2))
    rank = np.arange(len(codes)) - np.repeat(begins, np.diff(begins, append=len(codes)))
    return np.sort(by_code[rank < limit])


def _wanted(asked: frozenset[str] | None, words: Words) -> npt.NDArray[np.bool_] | None:
    if asked is None:
        return None
    flags = np.zeros(len(words) + 1, np.bool_)
    flags[words.codes_of(asked)] = True
    return flags
