"""The audit log: who looked for or changed whom, and when; rows are added and never changed.

AuditLog(control).append(action, about, who=..., image_sha256=None, detail="")
AuditLog(control).append_anew(action, about, who=..., detail="")     unless it stands there since some minutes
AuditLog(control).read(limit) -> list[AuditEntry]     newest first
with asked_from(address): ...                         from where the rows of the block were caused
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import audit

ANEW_AFTER = timedelta(minutes=10)
"""What goes on is written down again after this: a page that asks every second, or tries that are refused."""
RECENT_ROWS = 1000
"""So far back it is looked for; a log of millions of rows takes no longer."""

_PLACE: ContextVar[str] = ContextVar("place", default="")
"""From where what is going on was asked for; a thread that goes on with a request has it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the log."""

    at: datetime
    who: str
    """The user of the operating system, or of the web page."""
    action: str
    """A verb: identify, verify, enrol, rename, remove, timeline."""
    about: str
    """A person's id, or empty when nobody in particular was meant."""
    image_sha256: str | None
    """The digest of the picture that was asked about."""
    detail: str
    place: str = ""
    """The address from which it was asked for; empty for a command on this machine, and before schema 6."""


@contextmanager
def asked_from(place: str) -> Iterator[None]:
    """Rows that are added inside the block say that they were caused from this address."""
    before = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(before)


def current_user() -> str:
    """The user of the operating system; the number where there is no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class AuditLog:
    """The audit log of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def append(self, action: str, about: str, *, who: str, image_sha256: str | None = None, detail: str = "") -> None:
        """Add a row; the log has it when this returns."""
        entry = new_entry(action, about, who=who, image_sha256=image_sha256, detail=detail)
        with self._control.writing() as transaction:
            append_entry(transaction, entry)

    def append_anew(self, action: str, about: str, *, who: str, detail: str = "") -> None:
        """Add a row, unless the same one was added within the last minutes: for what is done again and again."""
        entry = new_entry(action, about, who=who, detail=detail)
        with self._control.writing() as transaction:
            if not _is_noted(transaction, entry, entry.at - ANEW_AFTER):
                append_entry(transaction, entry)

    def read(self, limit: int = 1000) -> list[AuditEntry]:
        """The newest rows, newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query)
            return [entry_of(row) for row in rows]


def _is_noted(transaction: Transaction, entry: AuditEntry, since: datetime) -> bool:
    newest = transaction.connection.execute(select(func.max(audit.c.id))).scalar_one() or 0
    same = [audit.c[name] == getattr(entry, name) for name in ("who", "action", "about", "detail", "place")]
    query = select(audit.c.id).where(audit.c.id > newest - RECENT_ROWS, audit.c.at > since, *same).limit(1)
    return transaction.connection.execute(query).one_or_none() is not None


def new_entry(action: str, about: str, *, who: str, image_sha256: str | None = None, detail: str = "") -> AuditEntry:
    """A row of now, caused from where `asked_from` says."""
    return AuditEntry(
        at=datetime.now(UTC),
        who=who,
        action=action,
        about=about,
        image_sha256=image_sha256,
        detail=detail,
        place=_PLACE.get(),
    )


def append_entry(transaction: Transaction, entry: AuditEntry) -> None:
    """Add a row in the same transaction as what it tells of."""
    values = {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__}
    transaction.connection.execute(insert(audit).values(values))


def entry_of(row: Row[Any]) -> AuditEntry:
    """A row of the table as a value; those from before there were addresses have none."""
    return AuditEntry(
        at=row.at,
        who=row.who,
        action=row.action,
        about=row.about,
        image_sha256=row.image_sha256,
        detail=row.detail,
        place=row.place or "",
    )
