"""Some of the people enrolled, for lists that show a few of many; embeddings are not read.

PeopleListing(control).page(encoder, text, limit, offset, after) -> [PersonCard]
PeopleListing(control).count(text) / names(text, limit) / names_of(person_ids)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.records import Reference
from pipeline.control.gallery.versions import active
from pipeline.control.tables import person_names, person_references, persons

IDS_AT_ONCE = 500
"""Ids in one question to the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """Somebody enrolled, as lists show them."""

    person_id: str
    name: str
    created_at: datetime
    n_images: int
    """Reference pictures of the encoder asked about."""
    best_image: Reference | None
    """The best of them that is there as a picture."""


class PeopleListing:
    """Lists the people of one control database, by name."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def page(
        self, encoder: str, text: str = "", limit: int = 60, offset: int = 0, *, after: str = ""
    ) -> list[PersonCard]:
        """Those with `text` in their name, by name; from the name `after` on, without it, when given."""
        columns = (person_names.c.person_id, person_names.c.name, persons.c.created_at)
        query = _named(select(*columns).join(persons, persons.c.person_id == person_names.c.person_id), text)
        query = query.where(person_names.c.name > after) if after else query
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.order_by(person_names.c.name).limit(limit).offset(offset)).all()
            references = read_references(transaction, [row.person_id for row in rows])
        cards = []
        for row in rows:
            own = [each for each in references.get(row.person_id, ()) if each.encoder == encoder]
            pictured = max((each for each in own if each.image_ref), key=lambda each: each.quality, default=None)
            cards.append(
                PersonCard(
                    person_id=row.person_id,
                    name=row.name,
                    created_at=row.created_at,
                    n_images=len(own),
                    best_image=pictured,
                )
            )
        return cards

    def count(self, text: str = "") -> int:
        """How many there are with `text` in their name."""
        with self._control.reading() as transaction:
            query = _named(select(func.count()).select_from(person_names), text)
            return int(transaction.connection.execute(query).scalar_one())

    def names(self, text: str = "", limit: int = 12) -> list[str]:
        """Names with `text` in them."""
        with self._control.reading() as transaction:
            query = _named(select(person_names.c.name), text).order_by(person_names.c.name).limit(limit)
            return list(transaction.connection.execute(query).scalars())

    def names_of(self, person_ids: Sequence[str] | None = None) -> dict[str, str]:
        """Id -> name of today, of those of these people who are enrolled; of all of them without ids."""
        query = select(person_names.c.person_id, person_names.c.name).where(active(person_names, None))
        if person_ids is not None:
            query = query.where(person_names.c.person_id.in_(person_ids))
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query)
            return {row.person_id: row.name for row in rows}


def read_references(transaction: Transaction, person_ids: Sequence[str] | None = None) -> dict[str, list[Reference]]:
    """Person id -> reference pictures of today, by encoder and digest; of these people, or of everybody."""
    columns = person_references.c
    wanted = (columns.person_id, columns.image_sha256, columns.image_ref, columns.encoder, columns.quality)
    query = select(*wanted, columns.added_at).where(active(person_references, None))
    query = query.order_by(columns.encoder, columns.image_sha256)
    found: dict[str, list[Reference]] = defaultdict(list)
    for part in _parts(query, person_ids):
        for row in transaction.connection.execute(part):
            reference = Reference(
                image_sha256=row.image_sha256,
                image_ref=row.image_ref,
                encoder=row.encoder,
                quality=row.quality,
                added_at=row.added_at,
            )
            found[row.person_id].append(reference)
    return dict(found)


def _parts(query: Select[Any], person_ids: Sequence[str] | None) -> list[Select[Any]]:
    """The query for everybody, or for some people, not too many at once."""
    if person_ids is None:
        return [query]
    starts = range(0, len(person_ids), IDS_AT_ONCE)
    return [query.where(person_references.c.person_id.in_(person_ids[at : at + IDS_AT_ONCE])) for at in starts]


def _named(query: Select[Any], text: str) -> Select[Any]:
    named = query.where(active(person_names, None))
    return named.where(person_names.c.name.icontains(text, autoescape=True)) if text else named
