"""Everybody's presence beside each other: who was seen, from when to when, how long and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.reports.presence import Portion, presence_of
from pipeline.sightings.rows import SightingRow, Status


@dataclass(frozen=True, slots=True)
class PersonPresence:
    """One line of an overview: a person, or an unknown one, over all given sightings."""

    person_id: str
    person_name: str
    status: Status
    first_seen: datetime
    last_seen: datetime
    presence_s: float
    """Seconds; moments that two sources saw count once."""
    n_sightings: int
    sources: tuple[str, ...]
    """Ids of the sources that saw the person, sorted."""


def presence_by_person(sightings: Iterable[SightingRow]) -> list[PersonPresence]:
    """Everybody with an id: known people by name, then unknown ones. Sightings without an id are nobody's."""
    by_person: dict[str, list[SightingRow]] = defaultdict(list)
    for row in sorted(sightings, key=_by_time):
        if row.person_id is not None:
            by_person[row.person_id].append(row)
    people = [_presence(person_id, rows) for person_id, rows in by_person.items()]
    return sorted(people, key=lambda one: (one.status is not Status.KNOWN, one.person_name, one.person_id))


def _presence(person_id: str, rows: Sequence[SightingRow]) -> PersonPresence:
    portions = [Portion(row, row.start_ts, row.end_ts, row.presence_s) for row in rows]
    return PersonPresence(
        person_id=person_id,
        person_name=rows[-1].person_name or person_id,
        status=rows[-1].status,
        first_seen=rows[0].start_ts,
        last_seen=max(row.end_ts for row in rows),
        presence_s=presence_of(portions),
        n_sightings=len(rows),
        sources=tuple(sorted({row.source_id for row in rows})),
    )


def _by_time(row: SightingRow) -> tuple[datetime, str, str]:
    return row.start_ts, row.source_id, row.sighting_id
