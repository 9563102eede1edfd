"""The lines of the timeline: one a person, with a bar a sighting, or densities where bars would be too thin.

Known people come first, by name, then unknown ones, then uncertain sightings by whom they resemble.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from dashboards.web.timeline.window import Window
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.counts import Subject, SubjectCount
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import SightingRow, Status

THINNEST_PX = 3.0
"""Bars that are thinner than this on average are shown as densities, in pixels."""

FEW = 40
"""So few bars of a line are always bars: each can still be clicked."""

MOST_BARS = 1500
"""Of one picture; lines beyond it show densities."""

BIN_PX = 4
"""Width of a density, in pixels."""

ORDER = (Status.KNOWN, Status.UNKNOWN, Status.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Bar:
    """One sighting."""

    start: datetime
    end: datetime
    sighting_id: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Density:
    """Neighbouring stretches in which equally many sightings lie."""

    first: int
    """Place of the first stretch."""
    n: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the picture; it has bars or densities."""

    subject: Subject
    title: str
    n_sightings: int
    bars: tuple[Bar, ...] = ()
    densities: tuple[Density, ...] = ()

    @property
    def key(self) -> str:
        """Tells this line from the others, today and tomorrow."""
        return f"{self.subject.status}:{self.subject.person_id or self.subject.candidate_id or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """All lines of one picture."""

    lines: tuple[Line, ...]
    n_bins: int
    """Into how many stretches densities divide the time that was asked for."""
    n_more: int
    """Lines that were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesAsked:
    """What to show."""

    query: CatalogueQuery
    window: Window
    """The stretch of which bars are wanted."""
    lane_px: int
    """How wide all of it is drawn."""
    most_lines: int

    @property
    def within(self) -> CatalogueQuery:
        """The sightings of that time."""
        return replace(self.query, since=self.window.since, until=self.window.until)


def draw_lines(catalogue: Catalogue, names: Mapping[str, str], asked: LinesAsked) -> Lines:
    """The lines of everybody who was seen in that time; `names` are today's, by person id."""
    query = asked.within
    counts = sorted(catalogue.people(query), key=lambda one: _place(one, names))
    shown = counts[: asked.most_lines]
    with_bars = _with_bars(shown, asked)
    bars = _bars_of(catalogue, query, with_bars)
    n_bins = max(1, asked.lane_px // BIN_PX)
    dense = [one.subject for one in shown if one.subject not in with_bars]
    densities = _densities_of(catalogue, query, dense, asked.window, n_bins)
    lines = tuple(
        Line(
            subject=one.subject,
            title=title_of(one, names),
            n_sightings=one.n_sightings,
            bars=tuple(bars.get(one.subject, ())),
            densities=densities.get(one.subject, ()),
        )
        for one in shown
    )
    return Lines(lines=lines, n_bins=n_bins, n_more=len(counts) - len(shown))


def title_of(one: SubjectCount, names: Mapping[str, str]) -> str:
    """How a line is called."""
    subject = one.subject
    if subject.person_id is not None:
        return names.get(subject.person_id) or one.person_name or subject.person_id
    if subject.status is Status.UNCERTAIN and subject.candidate_id is not None:
        return f"Perhaps {names.get(subject.candidate_id, subject.candidate_id)}"
    return "Not grouped yet"


def _place(one: SubjectCount, names: Mapping[str, str]) -> tuple[int, bool, str]:
    return ORDER.index(one.subject.status), one.subject.person_id is None, title_of(one, names).casefold()


def _with_bars(shown: Sequence[SubjectCount], asked: LinesAsked) -> frozenset[Subject]:
    px_per_s = asked.lane_px / asked.window.span.total_seconds()
    chosen, n_bars = set(), 0
    for one in sorted(shown, key=lambda one: one.n_sightings):
        is_wide = one.presence_s / one.n_sightings * px_per_s >= THINNEST_PX
        if (is_wide or one.n_sightings <= FEW) and n_bars + one.n_sightings <= MOST_BARS:
            chosen.add(one.subject)
            n_bars += one.n_sightings
    return frozenset(chosen)


def _bars_of(
    catalogue: Catalogue, query: CatalogueQuery, subjects: frozenset[Subject]
) -> Mapping[Subject, Sequence[Bar]]:
    found: dict[Subject, list[Bar]] = defaultdict(list)
    for part in _parts(query, subjects):
        for row in catalogue.find(part, limit=MOST_BARS).sightings:
            found[subject_of(row)].append(Bar(row.start_ts, row.end_ts, row.sighting_id, row.source_id))
    return found


def subject_of(row: SightingRow) -> Subject:
    """Whose line a sighting is on."""
    is_candidate = row.person_id is None and row.status is Status.UNCERTAIN
    return Subject(row.status, row.person_id, row.candidate_id if is_candidate else None)


def _densities_of(
    catalogue: Catalogue, query: CatalogueQuery, subjects: Sequence[Subject], window: Window, n_bins: int
) -> Mapping[Subject, tuple[Density, ...]]:
    found: dict[Subject, tuple[Density, ...]] = {}
    for part in _parts(query, frozenset(subjects)):
        for one in catalogue.activity(part, window.since, window.until, n_bins):
            found[one.subject] = _runs(one.counts)
    return found


def _parts(query: CatalogueQuery, subjects: frozenset[Subject]) -> list[CatalogueQuery]:
    """Queries that together give the sightings of these subjects, and no others."""
    people = frozenset(one.person_id for one in subjects if one.person_id is not None)
    candidates = frozenset(
        one.candidate_id for one in subjects if one.person_id is None and one.candidate_id is not None
    )
    parts = [replace(query, person_ids=people)] if people else []
    if candidates:
        uncertain = frozenset({Status.UNCERTAIN})
        parts.append(replace(query, candidate_ids=candidates, statuses=uncertain, has_person=False))
    if any(one.person_id is None and one.candidate_id is None for one in subjects):
        parts.append(replace(query, statuses=frozenset({Status.UNKNOWN}), has_person=False))
    return parts


def _runs(counts: npt.NDArray[np.int32]) -> tuple[Density, ...]:
    """Stretches of equal counts, without those of none; `counts`: `(n_bins,)` int32."""
    begins = np.flatnonzero(np.diff(counts, prepend=-1))
    lengths = np.diff(begins, append=len(counts))
    runs = zip(begins.tolist(), lengths.tolist(), counts[begins].tolist(), strict=True)
    return tuple(Density(first, n, count) for first, n, count in runs if count)
