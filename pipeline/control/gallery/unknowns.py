"""Unknown people of the data folder: what they look like, and which tracks are theirs.

    Unknowns(control).book(encoder) -> UnknownBook        everybody met so far, with the version of that knowledge
    Unknowns(control).allotments(run_id) -> {track: id}   what a run was told before
    Unknowns(control).merge / ignore / heed                what people make of them
    write_allotment(transaction, Allotment)                what it is told now; False when the book has moved on

Who is who is decided elsewhere, without a lock; a writer whose book is out of date decides again. An id once allotted
to a track stays with it, so doing the end of a run again changes nothing. Merged ids stay as aliases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, func, insert, select, update

from pipeline.control.audit import append_entry, new_entry
from pipeline.control.correcting.changes import ChangeKind, Undo, raise_unknowns_version, write_change
from pipeline.control.correcting.corrections_tables import ignored_unknowns
from pipeline.control.database import Control, Transaction
from pipeline.control.tables import folder, unknown_allotments, unknowns
from pipeline.errors import InputError, NotFound
from pipeline.sightings.building.unknowns import UnknownGroups, UnknownPerson


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

    def allotments(self, run_id: str) -> dict[str, str | None]:
        """Track id -> unknown id of one run, merged ids already replaced; None for tracks too poor to tell."""
        found = func.coalesce(unknowns.c.alias_of, unknowns.c.unknown_id).label("unknown_id")
        query = select(unknown_allotments.c.track_id, found).outerjoin(
            unknowns, unknowns.c.unknown_id == unknown_allotments.c.unknown_id
        )
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.where(unknown_allotments.c.run_id == run_id))
            return {row.track_id: row.unknown_id for row in rows}

    def merge(self, unknown_ids: Sequence[str], into: str, *, who: str) -> int:
        """Let unknown people be another one from now on; the old ids stay as aliases. Returns the change's number.

        Raises `NotFound` for ids that are not in the book, and `InputError` without anybody to merge.
        """
        merged = sorted(set(unknown_ids) - {into})
        if not merged:
            raise InputError("merging takes at least two unknown people")
        with self._control.writing() as transaction:
            _check_known(transaction, [*merged, into])
            where = unknowns.c.unknown_id.in_(merged) | unknowns.c.alias_of.in_(merged)
            rows = transaction.connection.execute(select(unknowns.c.unknown_id, unknowns.c.alias_of).where(where))
            before = {row.unknown_id: row.alias_of for row in rows}
            transaction.connection.execute(update(unknowns).where(where).values(alias_of=into))
            raise_unknowns_version(transaction)
            _note(transaction, who, "merge", f"{', '.join(merged)} into {into}")
            return write_change(transaction, who, ChangeKind.MERGED, Undo(merged=before))

    def ignore(self, unknown_ids: Sequence[str], *, who: str) -> int:
        """Let unknown people be out of the way; they stay in the record. Returns the change's number.

        Raises `NotFound` for ids that are not in the book.
        """
        with self._control.writing() as transaction:
            _check_known(transaction, unknown_ids)
            change_id = write_change(transaction, who, ChangeKind.IGNORED)
            already = set(transaction.connection.execute(select(ignored_unknowns.c.unknown_id)).scalars())
            rows = [{"unknown_id": each, "change_id": change_id} for each in set(unknown_ids) - already]
            if rows:
                transaction.connection.execute(insert(ignored_unknowns), rows)
            _note(transaction, who, "ignore", ", ".join(sorted(set(unknown_ids))))
            return change_id

    def heed(self, unknown_ids: Sequence[str], *, who: str) -> None:
        """Let unknown people who were ignored be shown again; nothing happens for those who are not."""
        heeded = ignored_unknowns.c.unknown_id.in_(unknown_ids)
        with self._control.writing() as transaction:
            back = sorted(transaction.connection.execute(select(ignored_unknowns.c.unknown_id).where(heeded)).scalars())
            transaction.connection.execute(delete(ignored_unknowns).where(heeded))
            if back:
                _note(transaction, who, "heed", ", ".join(back))

    def ignored(self) -> frozenset[str]:
        """Those who are out of the way."""
        with self._control.reading() as transaction:
            return frozenset(transaction.connection.execute(select(ignored_unknowns.c.unknown_id)).scalars())


def _note(transaction: Transaction, who: str, action: str, detail: str) -> None:
    append_entry(transaction, new_entry(action, "", who=who, detail=detail))


def _check_known(transaction: Transaction, unknown_ids: Sequence[str]) -> None:
    query = select(unknowns.c.unknown_id).where(unknowns.c.unknown_id.in_(unknown_ids), unknowns.c.alias_of.is_(None))
    missing = sorted(set(unknown_ids) - set(transaction.connection.execute(query).scalars()))
    if missing:
        raise NotFound(f"there is no unknown person {missing[0]!r}; `facetrail unknowns list` lists them")


@dataclass(frozen=True, slots=True, eq=False)
class Allotment:
    """What `group_unknowns` made of a book and of the tracks that had not been looked at."""

    run_id: str
    book: UnknownBook
    offered: tuple[str, ...]
    """Track ids."""
    groups: UnknownGroups


def write_allotment(transaction: Transaction, allotment: Allotment) -> bool:
    """Store an allotment; False, and no change, when the book has moved on since."""
    if not allotment.offered:
        return True
    if transaction.connection.execute(select(folder.c.unknowns_version)).scalar_one() != allotment.book.version:
        return False
    known = {person.unknown_id for person in allotment.book.people}
    for person in allotment.groups.people:
        _write_person(transaction, person, allotment.book.encoder, is_new=person.unknown_id not in known)
    ids = allotment.groups.ids
    rows = [
        {"run_id": allotment.run_id, "track_id": track_id, "unknown_id": ids.get(track_id)}
        for track_id in allotment.offered
    ]
    transaction.connection.execute(insert(unknown_allotments), rows)
    raise_unknowns_version(transaction)
    return True


def _write_person(transaction: Transaction, person: UnknownPerson, encoder: str, *, is_new: bool) -> None:
    values = {"template": person.template.astype("<f4").tobytes(), "n_templates": person.n_tracks}
    if is_new:
        number = int(person.unknown_id.rpartition("-")[2])
        row = {"unknown_id": person.unknown_id, "encoder": encoder, "number": number, **values}
        transaction.connection.execute(insert(unknowns).values(row))
        return
    transaction.connection.execute(update(unknowns).where(unknowns.c.unknown_id == person.unknown_id).values(values))
