"""Unknown people of the data folder: what they look like, and which tracks are theirs.

    Unknowns(control).book(encoder) -> UnknownBook        everybody met so far, with the version of that knowledge
    Unknowns(control).allotments(run_id) -> {track: id}   what a run was told before
    write_groups(transaction, run_id, book, groups)       what it is told now; False when the book has moved on

Who is who is decided elsewhere, without a lock; a writer whose book is out of date decides again. An id once allotted
to a track stays with it, so doing the end of a run again changes nothing. Merged ids stay as aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, insert, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import folder, unknown_allotments, unknowns
from pipeline.sightings.building_unknowns import UnknownGroups, UnknownPerson


@dataclass(frozen=True, slots=True, eq=False)
class UnknownBook:
    """The unknown people as of one version."""

    version: int
    encoder: str
    people: tuple[UnknownPerson, ...]
    """By number, those of this encoder that were not merged into another."""
    next_number: int
    """The number of the next new one, whatever the encoder."""


class Unknowns:
    """The unknown people of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def book(self, encoder: str) -> UnknownBook:
        """Everybody met so far, as `encoder` sees them."""
        query = select(unknowns).where(unknowns.c.encoder == encoder, unknowns.c.alias_of.is_(None))
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.order_by(unknowns.c.number)).all()
            highest = transaction.connection.execute(select(func.max(unknowns.c.number))).scalar_one()
            version = transaction.connection.execute(select(folder.c.unknowns_version)).scalar_one()
        people = tuple(
            UnknownPerson(row.unknown_id, np.frombuffer(row.template, dtype="<f4").astype(np.float32), row.n_templates)
            for row in rows
        )
        return UnknownBook(version, encoder, people, (highest or 0) + 1)

    def allotments(self, run_id: str) -> dict[str, str]:
        """Track id -> unknown id of one run, merged ids already replaced."""
        found = func.coalesce(unknowns.c.alias_of, unknowns.c.unknown_id).label("unknown_id")
        query = select(unknown_allotments.c.track_id, found).join(
            unknowns, unknowns.c.unknown_id == unknown_allotments.c.unknown_id
        )
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.where(unknown_allotments.c.run_id == run_id))
            return {row.track_id: row.unknown_id for row in rows}

    def merge(self, unknown_id: str, into: str) -> None:
        """Let one unknown person be another from now on; the old id stays as an alias."""
        with self._control.writing() as transaction:
            merged = (unknowns.c.unknown_id == unknown_id) | (unknowns.c.alias_of == unknown_id)
            transaction.connection.execute(update(unknowns).where(merged).values(alias_of=into))
            _raise_version(transaction)


def write_groups(transaction: Transaction, run_id: str, book: UnknownBook, groups: UnknownGroups) -> bool:
    """Store what `group_unknowns` made of `book`; False, and no change, when the book has changed since."""
    if transaction.connection.execute(select(folder.c.unknowns_version)).scalar_one() != book.version:
        return False
    if not groups.ids:
        return True
    known = {person.unknown_id for person in book.people}
    for person in groups.people:
        _write_person(transaction, person, book.encoder, is_new=person.unknown_id not in known)
    _write_allotments(transaction, run_id, groups.ids)
    _raise_version(transaction)
    return True


def _write_person(transaction: Transaction, person: UnknownPerson, encoder: str, *, is_new: bool) -> None:
    values = {"template": person.template.astype("<f4").tobytes(), "n_templates": person.n_tracks}
    if is_new:
        number = int(person.unknown_id.rpartition("-")[2])
        row = {"unknown_id": person.unknown_id, "encoder": encoder, "number": number, **values}
        transaction.connection.execute(insert(unknowns).values(row))
        return
    transaction.connection.execute(update(unknowns).where(unknowns.c.unknown_id == person.unknown_id).values(values))


def _write_allotments(transaction: Transaction, run_id: str, ids: Mapping[str, str]) -> None:
    rows = [{"run_id": run_id, "track_id": track_id, "unknown_id": unknown_id} for track_id, unknown_id in ids.items()]
    transaction.connection.execute(insert(unknown_allotments), rows)


def _raise_version(transaction: Transaction) -> None:
    transaction.connection.execute(update(folder).values(unknowns_version=folder.c.unknowns_version + 1))
