"""What the database library throws, said in our errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError

from pipeline.errors import InputError, PipelineError, StoreDamaged, StoreFull

_PRIMARY_CODE = 0xFF
_FULL_CODES = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE})
"""Extended codes by which SQLite reports a quota, a file size limit, or no room for its shared memory file."""

_POSTGRES_FULL = "53100"
"""SQLSTATE disk_full."""

_REASONS = {
    sqlite3.SQLITE_BUSY: "it stayed locked by another process for too long; end that process and try again",
    sqlite3.SQLITE_LOCKED: "it stayed locked by another process for too long; end that process and try again",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the rights of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the rights of the file and its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened; check the rights of the file and its folder",
    sqlite3.SQLITE_CORRUPT: "its content is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "it is not a database; restore it from a backup",
}


_NO_VALUE = "no database can hold such a value: a number is too large, or a text has signs in it that are none"
"""Of what somebody sent; neither the database nor the disk has a fault."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Let `StoreFull` or `StoreDamaged`, naming `place`, rise where the database library raises its own; and
    `InputError` for values that no database takes, which drivers refuse before they ask it."""
    try:
        yield
    except DBAPIError as error:
        raise translate(error, place) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise InputError(_NO_VALUE) from error


def translate(error: DBAPIError, place: str) -> PipelineError:
    """Our error for what the database said."""
    if isinstance(error, DataError):
        return InputError(_NO_VALUE)
    full = StoreFull(f"no room left for the control database {place}; free some space and run the command again")
    if getattr(error.orig, "sqlstate", None) == _POSTGRES_FULL:
        return full
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return StoreDamaged(f"control database {place}: {error.orig}")
    if code & _PRIMARY_CODE == sqlite3.SQLITE_FULL or code in _FULL_CODES:
        return full
    reason = _REASONS.get(code & _PRIMARY_CODE, str(error.orig))
    return StoreDamaged(f"control database {place}: {reason}")
