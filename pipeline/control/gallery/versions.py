"""Gallery versions: who was enrolled, with what name and pictures, as of any version."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Table, func, select, update

from pipeline.control.database import Transaction
from pipeline.control.tables import folder, person_names, person_references
from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import NotFound, StoreDamaged
from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import VectorF32


def current_version(transaction: Transaction) -> int:
    """The gallery's version: 0 before anybody was enrolled."""
    return int(transaction.connection.execute(select(folder.c.gallery_version)).scalar_one())


def next_version(transaction: Transaction) -> int:
    """Raise the gallery's version by one, and return it."""
    transaction.connection.execute(update(folder).values(gallery_version=folder.c.gallery_version + 1))
    return current_version(transaction)


def active(table: Table, version: int | None) -> ColumnElement[bool]:
    """The rows of a versioned table that are true as of `version`; None means today."""
    if version is None:
        return table.c.removed_version.is_(None)
    not_gone = table.c.removed_version.is_(None) | (table.c.removed_version > version)
    return (table.c.added_version <= version) & not_gone


def count_references(transaction: Transaction, encoder: str) -> list[int]:
    """How many reference pictures each person of today's gallery has; people without any are not in it."""
    query = select(func.count()).where(active(person_references, None), person_references.c.encoder == encoder)
    rows = transaction.connection.execute(query.group_by(person_references.c.person_id))
    return sorted(int(count) for count in rows.scalars())


def which_enrolled(transaction: Transaction, encoder: str, digests: Collection[str]) -> frozenset[str]:
    """Those of a few pictures (sha256, hex) that are references of today's gallery."""
    query = select(person_references.c.image_sha256).where(active(person_references, None))
    query = query.where(person_references.c.encoder == encoder, person_references.c.image_sha256.in_(digests))
    return frozenset(transaction.connection.execute(query).scalars())


def read_gallery(transaction: Transaction, entry: ManifestEntry, version: int | None) -> Gallery:
    """The gallery of an encoder as of `version`, people by id, their references by digest.

    Raises `NotFound` for a version yet to come.
    """
    newest = current_version(transaction)
    if version is not None and not 0 <= version <= newest:
        raise NotFound(f"no gallery version {version}; there are 0 to {newest}")
    wanted = newest if version is None else version
    rows = transaction.connection.execute(_select_references(entry.name, wanted)).all()
    names = {row.person_id: row.name for row in rows}
    index = {person_id: number for number, person_id in enumerate(names)}
    return Gallery(
        version=wanted,
        encoder=entry.name,
        person_ids=tuple(names),
        person_names=tuple(names.values()),
        references=_stack([row.embedding for row in rows], entry),
        owners=np.array([index[row.person_id] for row in rows], dtype=np.int64),
    )


def _select_references(encoder: str, version: int) -> Any:
    columns = (person_references.c.person_id, person_names.c.name, person_references.c.embedding)
    query = select(*columns).join(person_names, person_names.c.person_id == person_references.c.person_id)
    query = query.where(active(person_references, version), active(person_names, version))
    query = query.where(person_references.c.encoder == encoder)
    return query.order_by(person_references.c.person_id, person_references.c.image_sha256)


def _stack(embeddings: list[bytes], entry: ManifestEntry) -> VectorF32:
    """`(R, D)` float32 from the stored bytes."""
    if not embeddings:
        return np.empty((0, entry.dimensions), dtype=np.float32)
    if len({len(embedding) for embedding in embeddings}) > 1:
        raise StoreDamaged(f"control database: references of the encoder {entry.name} differ in size")
    return np.frombuffer(b"".join(embeddings), dtype="<f4").reshape(len(embeddings), -1).astype(np.float32)
