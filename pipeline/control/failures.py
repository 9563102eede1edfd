"""What the database library throws, said in our errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline.errors import DatabaseLost, InputError, PipelineError, StoreDamaged, StoreFull

_PRIMARY_CODE = 0xFF
_FULL_CODES = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE})
"""Extended codes by which SQLite reports a quota, a file size limit, or no room for its shared memory file."""

_POSTGRES_FULL = "53100"
"""SQLSTATE disk_full."""

_POSTGRES_LOCKED = "55P03"
"""SQLSTATE lock_not_available: `lock_timeout` has passed."""

_POSTGRES_AWAY = ("08", "53", "57")
"""Classes of SQLSTATE: no connection, no room for another, and a server that starts, stops or ends what it does."""

_LOCKED = "it stayed locked by another process for too long; end that process and try again"

_REASONS = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
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
    """Let `StoreFull`, `StoreDamaged` or `DatabaseLost`, naming `place`, rise where the library raises its own; and
    `InputError` for values that no database takes, which drivers refuse before they ask it."""
    try:
        yield
    except DBAPIError as error:
        raise translate(error, place) from error
    except PoolTimeout as error:
        raise DatabaseLost(f"control database {place}: too many wait for it; try again in a moment") from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise InputError(_NO_VALUE) from error


def translate(error: DBAPIError, place: str) -> PipelineError:
    """Our error for what the database said."""
    if isinstance(error, DataError):
        return InputError(_NO_VALUE)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return _of_a_server(error, place)
    if code & _PRIMARY_CODE == sqlite3.SQLITE_FULL or code in _FULL_CODES:
        return _full(place)
    reason = _REASONS.get(code & _PRIMARY_CODE, str(error.orig))
    return StoreDamaged(f"control database {place}: {reason}")


def _of_a_server(error: DBAPIError, place: str) -> PipelineError:
    state = getattr(error.orig, "sqlstate", None) or ""
    reason = " ".join(str(error.orig).split())
    if state == _POSTGRES_FULL:
        return _full(place)
    if state == _POSTGRES_LOCKED:
        return StoreDamaged(f"control database {place}: {_LOCKED}")
    if error.connection_invalidated or state.startswith(_POSTGRES_AWAY) or _was_never_asked(error, state):
        return DatabaseLost(f"the control database {place} cannot be reached: {reason}")
    return StoreDamaged(f"control database {place}: {reason}")


def _was_never_asked(error: DBAPIError, state: str) -> bool:
    """Whether it is the driver that speaks, and no server."""
    return not state and isinstance(error, OperationalError | InterfaceError)


def _full(place: str) -> StoreFull:
    return StoreFull(f"no room left for the control database {place}; free some space and run the command again")
