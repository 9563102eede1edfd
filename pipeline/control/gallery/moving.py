"""Many people at once, out of the control database and into it: what galleries that move need.

    everybody(control) -> list[StoredPerson]                          today's people with their embeddings
    check_moving(control, people)                                     raises `InputError`, naming what stands against it
    enrol_moving(control, people, who=..., detail=...) -> Moved       one new version, or none when nothing is new

Enrolling prepares its rows without a lock and begins anew when the gallery has changed meanwhile; then one transaction
writes all of them, with a row of the audit log for each reference. Pictures are put in place by the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Table, insert, select

from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.files import image_ref_of
from pipeline.control.gallery.names import check_name
from pipeline.control.gallery.records import NewReference
from pipeline.control.gallery.versions import active, current_version, next_version
from pipeline.control.tables import audit, person_names, person_references, persons
from pipeline.errors import InputError
from pipeline.schemas import VectorF32

ROWS_AT_ONCE = 20_000
"""Rows in one statement: progress is told after each."""
CONFLICTS_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoredReference:
    """A reference as it lies in the database."""

    encoder: str
    embedding: VectorF32
    """`(D,)` float32 of unit length."""
    quality: float
    image_sha256: str
    image_ref: str
    """Path below the data folder; empty without a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    """Somebody enrolled, with embeddings."""

    person_id: str
    name: str
    references: tuple[StoredReference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPerson:
    """Somebody who comes from elsewhere."""

    name: str
    references: tuple[NewReference, ...]
    person_id: str | None = None
    """The id to keep; None takes that of whoever has the name here, or a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What enrolling many people came to."""

    gallery_version: int
    people_added: int
    references_added: int
    references_known: int


@dataclass(slots=True)
class _Plan:
    """The rows that a version of the gallery lacks."""

    based_on: int
    persons: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    n_known: int = 0


@dataclass(slots=True)
class _Known:
    """Who and what is enrolled."""

    version: int
    id_of: dict[str, str]
    name_of: dict[str, str]
    ids: set[str]
    references: set[tuple[str, str, str]]


def everybody(control: Control) -> list[StoredPerson]:
    """Everybody enrolled today by id, with references by encoder and digest."""
    named = select(person_names.c.person_id, person_names.c.name).where(active(person_names, None))
    columns = person_references.c
    enrolled = select(person_references).where(active(person_references, None))
    enrolled = enrolled.order_by(columns.person_id, columns.encoder, columns.image_sha256)
    with control.reading() as transaction:
        names = transaction.connection.execute(named.order_by(person_names.c.person_id)).all()
        rows = transaction.connection.execute(enrolled).all()
    references = {key: tuple(map(_stored, own)) for key, own in groupby(rows, key=lambda row: row.person_id)}
    return [
        StoredPerson(person_id=row.person_id, name=row.name, references=references.get(row.person_id, ()))
        for row in names
    ]


def check_moving(control: Control, people: Sequence[MovingPerson]) -> None:
    """Raise `InputError` for names that nobody can have, and for ids and names that belong to others here."""
    _plan(control, people)


def enrol_moving(
    control: Control,
    people: Sequence[MovingPerson],
    *,
    who: str,
    detail: str,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Moved:
    """Enrol everybody as one new version of the gallery; what is enrolled already changes nothing.

    `who` and `detail` go into the audit log; `on_rows` hears how many references are written. Raises like
    `check_moving`.
    """
    while True:
        plan = _plan(control, people)
        with control.writing() as transaction:
            if current_version(transaction) == plan.based_on:
                return _write(transaction, plan, {"who": who, "detail": detail}, on_rows)


def _stored(row: Any) -> StoredReference:
    return StoredReference(
        encoder=row.encoder,
        embedding=np.frombuffer(row.embedding, "<f4").astype(np.float32),
        quality=row.quality,
        image_sha256=row.image_sha256,
        image_ref=row.image_ref,
    )


def _plan(control: Control, people: Sequence[MovingPerson]) -> _Plan:
    with control.reading() as transaction:
        known = _read_known(transaction)
    plan = _Plan(known.version)
    for person in people:
        check_name(person.name)
        conflict = _conflict(person, known)
        if conflict:
            plan.conflicts.append(conflict)
        else:
            _plan_references(plan, known, _plan_person(plan, known, person), person.references)
    if plan.conflicts:
        more = f"; and {len(plan.conflicts) - CONFLICTS_SHOWN} more" if len(plan.conflicts) > CONFLICTS_SHOWN else ""
        shown = "; ".join(plan.conflicts[:CONFLICTS_SHOWN])
        raise InputError(f"{shown}{more}. Nothing was changed; rename or remove those here first")
    return plan


def _read_known(transaction: Transaction) -> _Known:
    connection, references = transaction.connection, person_references.c
    named = select(person_names.c.name, person_names.c.person_id).where(active(person_names, None))
    id_of = {row.name: row.person_id for row in connection.execute(named)}
    enrolled = select(references.person_id, references.encoder, references.image_sha256)
    return _Known(
        version=current_version(transaction),
        id_of=id_of,
        name_of={person_id: name for name, person_id in id_of.items()},
        ids=set(connection.execute(select(persons.c.person_id)).scalars()),
        references={tuple(row) for row in connection.execute(enrolled.where(active(person_references, None)))},
    )


def _conflict(person: MovingPerson, known: _Known) -> str | None:
    if person.person_id is None:
        return None
    name, owner = known.name_of.get(person.person_id), known.id_of.get(person.name)
    if name not in {None, person.name}:
        return f"{person.person_id} is called {name!r} here and {person.name!r} there"
    if owner not in {None, person.person_id}:
        return f"{person.name!r} is {owner} here and {person.person_id} there"
    return None


def _plan_person(plan: _Plan, known: _Known, person: MovingPerson) -> str:
    """The person's id; what is missing of the person goes into the plan, and counts as known from here on."""
    person_id = person.person_id or known.id_of.get(person.name) or _free_id(person.name, known.ids)
    if person_id not in known.ids:
        known.ids.add(person_id)
        plan.persons.append({"person_id": person_id, "created_at": datetime.now(UTC)})
    if person_id not in known.name_of:
        known.id_of[person.name], known.name_of[person_id] = person_id, person.name
        plan.names.append({"person_id": person_id, "name": person.name, "added_version": plan.based_on + 1})
    return person_id


def _plan_references(plan: _Plan, known: _Known, person_id: str, references: Iterable[NewReference]) -> None:
    now = datetime.now(UTC)
    for new in references:
        key = (person_id, new.encoder, new.image_sha256)
        if key in known.references:
            plan.n_known += 1
            continue
        known.references.add(key)
        plan.references.append(
            {
                "person_id": person_id,
                "encoder": new.encoder,
                "image_sha256": new.image_sha256,
                "image_ref": image_ref_of(person_id, new),
                "quality": new.quality,
                "embedding": new.embedding.astype("<f4").tobytes(),
                "added_at": now,
                "added_version": plan.based_on + 1,
            }
        )


def _free_id(name: str, taken: set[str]) -> str:
    wanted = "p_" + hashlib.sha256(name.encode()).hexdigest()[:12]
    if wanted not in taken:
        return wanted
    return next(other for number in range(2, len(taken) + 3) if (other := f"{wanted}-{number}") not in taken)


def _write(transaction: Transaction, plan: _Plan, said: dict[str, str], on_rows: Callable[[int], None]) -> Moved:
    if plan.persons or plan.names or plan.references:
        next_version(transaction)
        _insert(transaction, persons, plan.persons)
        _insert(transaction, person_names, plan.names)
        for start in range(0, len(plan.references), ROWS_AT_ONCE):
            rows = plan.references[start : start + ROWS_AT_ONCE]
            _insert(transaction, person_references, rows)
            _insert(transaction, audit, [_audited(row, said) for row in rows])
            on_rows(start + len(rows))
    return Moved(
        gallery_version=current_version(transaction),
        people_added=len(plan.names),
        references_added=len(plan.references),
        references_known=plan.n_known,
    )


def _audited(row: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    about = {"at": row["added_at"], "action": "enrol", "about": row["person_id"], "image_sha256": row["image_sha256"]}
    return {**about, **said}


def _insert(transaction: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        transaction.connection.execute(insert(table), rows)
