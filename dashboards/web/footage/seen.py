"""Whom footage shows so far, for a list of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.sightings.catalogue import Catalogue
from pipeline.sightings.catalogue_queries import CatalogueQuery
from pipeline.sightings.rows import SightingRow, Status

MOST_SIGHTINGS = 5000
"""Sightings of a page of footage that are gone through; whoever comes after is only found on the footage's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPerson:
    """Somebody in one source."""

    person_id: str
    name: str
    """What the person is called, or `unknown-0001`."""
    status: Status
    thumb_ref: str | None
    """The face of the best sighting."""
    n_sightings: int
    best_score: float | None
    presence_s: float
    first_media_s: float
    """When it was seen first, in seconds of media time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom one source shows."""

    people: tuple[SeenPerson, ...] = ()
    """Known ones first, those seen longest before the others."""
    n_uncertain: int = 0
    """Sightings of somebody who may be a known person."""
    n_unnamed: int = 0
    """Sightings of unknown people that cannot be told apart."""

    @property
    def known(self) -> tuple[SeenPerson, ...]:
        return tuple(person for person in self.people if person.status is Status.KNOWN)

    @property
    def unknown(self) -> tuple[SeenPerson, ...]:
        return tuple(person for person in self.people if person.status is Status.UNKNOWN)


NOBODY = Seen()


def seen_in(catalogue: Catalogue, source_ids: Collection[str]) -> Mapping[str, Seen]:
    """Whom each of the sources shows; those in which nobody was seen are left out."""
    if not source_ids:
        return {}
    query = CatalogueQuery(source_ids=frozenset(source_ids))
    by_source: dict[str, list[SightingRow]] = {}
    for row in catalogue.find(query, MOST_SIGHTINGS).sightings:
        by_source.setdefault(row.source_id, []).append(row)
    return {source_id: summarise(rows) for source_id, rows in by_source.items()}


def summarise(rows: Iterable[SightingRow]) -> Seen:
    """Whom one source's sightings show."""
    by_person: dict[str, list[SightingRow]] = {}
    n_uncertain = n_unnamed = 0
    for row in rows:
        if row.person_id is not None:
            by_person.setdefault(row.person_id, []).append(row)
        elif row.status is Status.UNCERTAIN:
            n_uncertain += 1
        else:
            n_unnamed += 1
    people = [_person(person_id, own) for person_id, own in by_person.items()]
    people.sort(key=lambda person: (person.status is not Status.KNOWN, -person.presence_s, person.person_id))
    return Seen(tuple(people), n_uncertain, n_unnamed)


def _person(person_id: str, rows: list[SightingRow]) -> SeenPerson:
    best = max(rows, key=lambda row: (row.thumb_ref is not None, row.best_score or 0.0))
    scores = [row.best_score for row in rows if row.best_score is not None]
    return SeenPerson(
        person_id=person_id,
        name=best.person_name or person_id,
        status=best.status,
        thumb_ref=best.thumb_ref,
        n_sightings=len(rows),
        best_score=max(scores, default=None),
        presence_s=sum(row.presence_s for row in rows),
        first_media_s=min(row.media_start_s for row in rows),
    )
