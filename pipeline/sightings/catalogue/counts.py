"""What many sightings add up to: by person, by day and source, and by stretches of time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from pipeline.sightings.catalogue.rows import (
    STATUSES,
    CatalogueRows,
    Ints,
    Order,
    Vocabulary,
    microseconds,
    moment,
)
from pipeline.sightings.record.arrays import NO_WORD
from pipeline.sightings.rows import Status

Chosen = tuple[CatalogueRows, Order]
"""A day's sightings, and the places of those that are asked for."""

_N_STATUSES = len(STATUSES)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose sightings: those of a person's id, or those without one that are most like a candidate."""

    status: Status
    person_id: str | None
    """None for uncertain sightings, and for unknown ones of a run that goes on."""
    candidate_id: str | None
    """Only of uncertain ones."""


@dataclass(frozen=True, slots=True)
class SubjectCount:
    """How often and when somebody was seen."""

    subject: Subject
    person_name: str | None
    """As the newest sighting has it."""
    n_sightings: int
    first_seen: datetime
    last_seen: datetime
    """The end of the last sighting."""
    presence_s: float
    """Sum over the sightings, in seconds: moments that two sources saw count twice."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many sightings began on one day at one source."""

    day: date
    source_id: str
    n_sightings: int
    n_known: int
    n_uncertain: int
    n_unknown: int


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How many sightings of somebody touch each stretch of time."""

    subject: Subject
    counts: npt.NDArray[np.int32]
    """`(n_bins,)` int32."""


class SubjectCoder:
    """Numbers for subjects: a code a person, and one a candidate of uncertain sightings."""

    def __init__(self, words: Vocabulary) -> None:
        self._people = words.people
        self._n_words = len(words.people) + 1  # code -1 has the last place
        self.size = 2 * self._n_words * _N_STATUSES
        """Codes are below it."""

    def codes(self, rows: CatalogueRows, places: Order) -> Ints:
        """`(N,)` int64: whose sightings these are."""
        person, status = rows.person[places].astype(np.int64), rows.status[places]
        is_candidate = (person < 0) & (status == STATUSES.index(Status.UNCERTAIN))
        word = np.where(is_candidate, rows.candidate[places] + self._n_words, person % self._n_words)
        candidates = np.where(rows.candidate[places] < 0, 2 * self._n_words - 1, word)
        word = np.where(is_candidate, candidates, word)
        return np.asarray(word * _N_STATUSES + status)

    def subject(self, code: int) -> Subject:
        """The subject of a code."""
        word, status = divmod(code, _N_STATUSES)
        is_candidate, place = divmod(word, self._n_words)
        name = None if place == self._n_words - 1 else self._people.word(place)
        person, candidate = (None, name) if is_candidate else (name, None)
        return Subject(STATUSES[status], person, candidate)


def count_subjects(days: Iterable[Chosen], words: Vocabulary) -> list[SubjectCount]:
    """Everybody among the chosen sightings, in no particular order; `days` come newest first."""
    chosen = list(days)
    coder = SubjectCoder(words)
    codes = _all([coder.codes(rows, places) for rows, places in chosen])
    start = _all([rows.start_us[places] for rows, places in chosen])
    end = _all([rows.end_us[places] for rows, places in chosen])
    presence = _all([rows.presence_s[places] for rows, places in chosen])
    named = _all([rows.name[places] for rows, places in chosen])
    first, last = np.full(coder.size, _NEVER), np.full(coder.size, -_NEVER)
    np.minimum.at(first, codes, start)
    np.maximum.at(last, codes, end)
    names = np.full(coder.size, NO_WORD, np.int64)
    names[codes[::-1]] = named[::-1]  # of several for one code the last one stays: that of the newest sighting
    count = np.bincount(codes, minlength=coder.size)
    presences = np.bincount(codes, presence, coder.size)
    return [
        SubjectCount(
            subject=coder.subject(code),
            person_name=words.names.word(int(names[code])),
            n_sightings=int(count[code]),
            first_seen=moment(first[code]),
            last_seen=moment(last[code]),
            presence_s=float(presences[code]),
        )
        for code in np.flatnonzero(count).tolist()
    ]


def count_days(days: Iterable[Chosen], words: Vocabulary, edges: Sequence[tuple[date, datetime]]) -> list[DayCount]:
    """Chosen sightings by the day in which they began, and by source; days without any are left out.

    `edges`: days with the moments at which they begin, ascending; the last one only ends the one before.
    """
    begins = np.array([microseconds(at) for _, at in edges], np.int64)
    n_sources = len(words.sources)
    total = np.zeros(len(edges) * n_sources * _N_STATUSES, np.int64)
    for rows, places in days:
        day = np.searchsorted(begins, rows.start_us[places], side="right") - 1
        inside = (day >= 0) & (day < len(edges) - 1)
        kept = places[inside]
        codes = (day[inside] * n_sources + rows.source[kept]) * _N_STATUSES + rows.status[kept]
        total += np.bincount(codes, minlength=len(total))
    counts = total.reshape(len(edges), n_sources, _N_STATUSES)
    found = np.argwhere(counts.any(axis=2)).tolist()
    return [_day_count(edges[day][0], words.sources.word(source) or "", counts[day, source]) for day, source in found]


def count_activity(
    days: Iterable[Chosen], words: Vocabulary, since: datetime, until: datetime, n_bins: int
) -> list[Activity]:
    """How many of the chosen sightings touch each of `n_bins` equal stretches from `since` to `until`, by subject."""
    chosen = list(days)
    coder = SubjectCoder(words)
    codes = _all([coder.codes(rows, places) for rows, places in chosen])
    found = np.flatnonzero(np.bincount(codes, minlength=coder.size))
    line_of = np.zeros(coder.size, np.int64)
    line_of[found] = np.arange(len(found)) * (n_bins + 1)
    begin, width = microseconds(since), (microseconds(until) - microseconds(since)) / n_bins
    first = _bins(_all([rows.start_us[places] for rows, places in chosen]) - begin, width, n_bins)
    last = _bins(_all([rows.end_us[places] for rows, places in chosen]) - begin, width, n_bins)
    size = len(found) * (n_bins + 1)
    rises = np.bincount(line_of[codes] + first, minlength=size)
    falls = np.bincount(line_of[codes] + last + 1, minlength=size)
    counts = np.cumsum((rises - falls).reshape(-1, n_bins + 1), axis=1)[:, :n_bins].astype(np.int32)
    return [Activity(coder.subject(code), counts[place]) for place, code in enumerate(found.tolist())]


def _bins(offset_us: Ints, width_us: float, n_bins: int) -> Ints:
    return np.asarray(np.clip(offset_us / width_us, 0, n_bins - 1).astype(np.int64))


def _all(columns: list[Ints]) -> Ints:
    return np.concatenate(columns) if columns else np.zeros(0, np.int64)


def _day_count(day: date, source_id: str, counts: Ints) -> DayCount:
    by_status = dict(zip(STATUSES, counts.tolist(), strict=True))
    return DayCount(
        day=day,
        source_id=source_id,
        n_sightings=int(counts.sum()),
        n_known=by_status[Status.KNOWN],
        n_uncertain=by_status[Status.UNCERTAIN],
        n_unknown=by_status[Status.UNKNOWN],
    )
