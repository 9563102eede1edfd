"""Changes that people made to the record by hand, each of which can be taken back.

    write_change(transaction, who, kind, Undo(...)) -> change_id     beside what it changes, in one transaction
    Changes(control).get(change_id) / latest(limit)
    Changes(control).undo(change_id, now) -> Change                  raises `InputError` when it was undone before

What is said of tracks and which unknown people are ignored goes with the change. Merged unknown people get their own
ids back, pictures that were enrolled leave the gallery, and a person who came with them leaves, too, when no other
picture is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update

from pipeline.control.correcting.corrections_tables import ignored_unknowns, record_changes
from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.versions import active, next_version
from pipeline.control.tables import folder, person_names, person_references, unknowns
from pipeline.errors import InputError, NotFound


class ChangeKind(StrEnum):
    """What somebody did."""

    NAMED = "named"  # unknown people were said to be a person
    MERGED = "merged"  # unknown people were said to be one
    NOT_A_FACE = "not_a_face"
    IGNORED = "ignored"
    IS = "is"  # a sighting was said to be a person's
    IS_NOT = "is_not"  # a sighting was said not to be a person's


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to take a change back, beyond what goes with it."""

    merged: dict[str, str | None] = {}
    """Unknown id -> whose alias it was before; None for nobody's."""
    person_id: str | None = None
    """Whom pictures were enrolled for."""
    images: tuple[str, ...] = ()
    """The sha256 of these pictures."""
    is_new_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that somebody did to the record."""

    change_id: int
    made_at: datetime
    who: str
    kind: ChangeKind
    undo: Undo
    undone_at: datetime | None


class Changes:
    """The changes of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def get(self, change_id: int) -> Change:
        """The change of that number; raises `NotFound`."""
        with self._control.reading() as transaction:
            return _read(transaction, change_id)

    def latest(self, limit: int = 20) -> list[Change]:
        """The newest changes, newest first."""
        query = select(record_changes).order_by(record_changes.c.change_id.desc()).limit(limit)
        with self._control.reading() as transaction:
            return [_change(row) for row in transaction.connection.execute(query)]

    def undo(self, change_id: int, now: datetime) -> Change:
        """Take a change back; the record follows when it is relabelled."""
        with self._control.writing() as transaction:
            change = _read(transaction, change_id)
            if change.undone_at is not None:
                raise InputError("this was undone before")
            undone = update(record_changes).where(record_changes.c.change_id == change_id)
            transaction.connection.execute(undone.values(undone_at=now))
            ignored = delete(ignored_unknowns).where(ignored_unknowns.c.change_id == change_id)
            transaction.connection.execute(ignored)
            _part_again(transaction, change.undo)
            _take_pictures_out(transaction, change.undo)
            return _read(transaction, change_id)


def write_change(transaction: Transaction, who: str, kind: ChangeKind, undo: Undo | None = None) -> int:
    """Note a change; returns its number."""
    row = {
        "made_at": datetime.now(UTC),
        "who": who,
        "kind": kind.value,
        "undo": msgspec.json.encode(undo or Undo()).decode(),
    }
    written = transaction.connection.execute(insert(record_changes).values(row).returning(record_changes.c.change_id))
    return int(written.scalar_one())


def raise_unknowns_version(transaction: Transaction) -> None:
    """Let writers whose book of unknown people is older decide again."""
    transaction.connection.execute(update(folder).values(unknowns_version=folder.c.unknowns_version + 1))


def _part_again(transaction: Transaction, undo: Undo) -> None:
    for unknown_id, alias_of in undo.merged.items():
        parted = update(unknowns).where(unknowns.c.unknown_id == unknown_id)
        transaction.connection.execute(parted.values(alias_of=alias_of))
    if undo.merged:
        raise_unknowns_version(transaction)


def _take_pictures_out(transaction: Transaction, undo: Undo) -> None:
    if undo.person_id is None or not (undo.images or undo.is_new_person):
        return
    version = next_version(transaction)
    own = (person_references.c.person_id == undo.person_id) & active(person_references, None)
    gone = update(person_references).where(own, person_references.c.image_sha256.in_(undo.images))
    transaction.connection.execute(gone.values(removed_version=version))
    left = transaction.connection.execute(select(func.count()).select_from(person_references).where(own)).scalar_one()
    if undo.is_new_person and not left:
        named = update(person_names).where(person_names.c.person_id == undo.person_id, active(person_names, None))
        transaction.connection.execute(named.values(removed_version=version))


def _read(transaction: Transaction, change_id: int) -> Change:
    query = select(record_changes).where(record_changes.c.change_id == change_id)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no change {change_id}")
    return _change(row)


def _change(row: Row[Any]) -> Change:
    return Change(
        change_id=row.change_id,
        made_at=row.made_at,
        who=row.who,
        kind=ChangeKind(row.kind),
        undo=msgspec.json.decode(row.undo, type=Undo),
        undone_at=row.undone_at,
    )
