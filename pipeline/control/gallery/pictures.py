"""Taking single reference pictures out of the gallery; the person stays, and so does every earlier version."""

from __future__ import annotations

from sqlalchemy import select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.versions import active, next_version
from pipeline.control.tables import person_references
from pipeline.errors import InputError, NotFound


def drop_picture(control: Control, person_id: str, digest: str) -> str:
    """Take one picture of a person out, for all encoders, in a new version of the gallery; returns its whole sha256.

    `digest` is the beginning of the picture's sha256. Raises `NotFound` when no picture of today begins so, and
    `InputError` when several do.
    """
    with control.writing() as transaction:
        found = _pictures(transaction, person_id, digest)
        if len(found) > 1:
            raise InputError(f"{digest} is the beginning of {len(found)} pictures; give more digits")
        if not found:
            raise NotFound(f"{person_id} has no picture {digest}; `facetrail people --json` lists them")
        version = next_version(transaction)
        gone = update(person_references).where(person_references.c.person_id == person_id)
        gone = gone.where(person_references.c.image_sha256 == found[0], active(person_references, None))
        transaction.connection.execute(gone.values(removed_version=version))
        return found[0]


def _pictures(transaction: Transaction, person_id: str, digest: str) -> list[str]:
    query = select(person_references.c.image_sha256).where(person_references.c.person_id == person_id)
    query = query.where(active(person_references, None))
    known = set(transaction.connection.execute(query).scalars())
    return sorted(sha256 for sha256 in known if digest and sha256.startswith(digest.lower()))
