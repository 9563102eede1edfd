"""Letting two people be one: references move, the name of the one goes, and its id stays as an alias of the other.

    merge_people(control, person="Bob", into="Robert") -> MergedPeople

The merged person's pictures stay where they are. Sightings follow when they are relabelled, corrections at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from pipeline.control.correcting.corrections_tables import person_aliases
from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.people import People
from pipeline.control.gallery.versions import active, next_version
from pipeline.control.tables import person_names, person_references
from pipeline.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedPeople:
    """What a merge came to."""

    person_id: str
    """Who is left."""
    name: str
    merged_id: str
    """Who is an alias now."""
    merged_name: str
    n_images: int
    """Pictures that moved; those that both had are one."""
    gallery_version: int


def merge_people(control: Control, person: str, into: str) -> MergedPeople:
    """Let `person` be `into`, both by name or id, in a new version of the gallery.

    Raises `NotFound`, and `InputError` when both are the same already.
    """
    gone, kept = People(control).person(person), People(control).person(into)
    if gone.person_id == kept.person_id:
        raise InputError(f"{person!r} and {into!r} are the same person")
    with control.writing() as transaction:
        version = next_version(transaction)
        n_images = _move_references(transaction, gone.person_id, kept.person_id, version)
        named = update(person_names).where(person_names.c.person_id == gone.person_id, active(person_names, None))
        transaction.connection.execute(named.values(removed_version=version))
        _write_alias(transaction, gone.person_id, kept.person_id, version)
    return MergedPeople(
        person_id=kept.person_id,
        name=kept.name,
        merged_id=gone.person_id,
        merged_name=gone.name,
        n_images=n_images,
        gallery_version=version,
    )


def aliases_of(control: Control, person_id: str) -> list[str]:
    """The ids of those who were merged into a person."""
    query = select(person_aliases.c.person_id).where(person_aliases.c.alias_of == person_id)
    with control.reading() as transaction:
        return sorted(transaction.connection.execute(query).scalars())


def _move_references(transaction: Transaction, gone: str, kept: str, version: int) -> int:
    query = select(person_references).where(active(person_references, None))
    rows = transaction.connection.execute(query.where(person_references.c.person_id.in_([gone, kept]))).mappings().all()
    there = {(row["encoder"], row["image_sha256"]) for row in rows if row["person_id"] == kept}
    moving = [row for row in rows if row["person_id"] == gone and (row["encoder"], row["image_sha256"]) not in there]
    ended = update(person_references).where(person_references.c.person_id == gone, active(person_references, None))
    transaction.connection.execute(ended.values(removed_version=version))
    fresh = {"person_id": kept, "added_version": version, "added_at": datetime.now(UTC)}
    copies = [{**{name: row[name] for name in row if name != "id"}, **fresh} for row in moving]
    if copies:
        transaction.connection.execute(insert(person_references), copies)
    return len(copies)


def _write_alias(transaction: Transaction, gone: str, kept: str, version: int) -> None:
    """Whoever was merged into the one that goes follows."""
    followed = update(person_aliases).where(person_aliases.c.alias_of == gone)
    transaction.connection.execute(followed.values(alias_of=kept))
    row = {"person_id": gone, "alias_of": kept, "merged_version": version}
    transaction.connection.execute(insert(person_aliases).values(row))
