"""Whom footage shows so far, for a list of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.sightings.catalogue import Catalogue
from pipeline.sightings.catalogue_queries import CatalogueQuery
from pipeline.sightings.catalogue_seen import SeenCount
from pipeline.sightings.rows import Status


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
    by_source: dict[str, list[SeenCount]] = {}
    for count in catalogue.seen(CatalogueQuery(source_ids=frozenset(source_ids))):
        by_source.setdefault(count.source_id, []).append(count)
    return {source_id: _summed_up(counts) for source_id, counts in by_source.items()}


def _summed_up(counts: Sequence[SeenCount]) -> Seen:
    """Whom one source shows."""
    people = [_person(count.subject.person_id, count) for count in counts if count.subject.person_id is not None]
    people.sort(key=lambda person: (person.status is not Status.KNOWN, -person.presence_s, person.person_id))
    others = [count for count in counts if count.subject.person_id is None]
    n_uncertain = sum(one.n_sightings for one in others if one.subject.status is Status.UNCERTAIN)
    return Seen(tuple(people), n_uncertain, sum(one.n_sightings for one in others) - n_uncertain)


def _person(person_id: str, count: SeenCount) -> SeenPerson:
    return SeenPerson(
        person_id=person_id,
        name=count.person_name or person_id,
        status=count.subject.status,
        thumb_ref=count.thumb_ref,
        n_sightings=count.n_sightings,
        best_score=count.best_score,
        presence_s=count.presence_s,
        first_media_s=count.first_media_s,
    )
