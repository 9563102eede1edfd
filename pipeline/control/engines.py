"""How the control database is reached: SQLite in the data folder, or Postgres behind a URL, made to behave alike.

On both, a reader sees one state of the database, writers come one after the other, and nobody waits for a dead one
without end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import SettingsError

SQLITE = "sqlite"
BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another; a transaction takes milliseconds, a stalled disk may take seconds."""

WAL_LIMIT_BYTES = 64 * 1024 * 1024
"""The write-ahead log is cut back to this after a checkpoint."""

CONNECT_TIMEOUT_S = 10
"""A server on a network that answers nothing counts as away after this."""

SILENCE_MS = 30_000
"""A connection over which nothing comes for this long, though something was sent, is given up."""

POSTGRES_SESSION = {
    "lock_timeout": f"{BUSY_TIMEOUT_S:.0f}s",
    # A writer that stands still, or whose machine is gone, lets go of what it has: others wait for it.
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""What each connection asks of the server."""


def make_engine(data_dir: Path, url: str | None) -> Engine:
    """The engine of readers; raises `SettingsError` for a `url` that is none of Postgres, or without its driver."""
    return _sqlite(data_dir) if url is None else _postgres(url)


def writers_engine(engine: Engine) -> Engine:
    """The same for writers; on a server these must queue, which `database` sees to."""
    if engine.dialect.name == SQLITE:
        return engine.execution_options(writes=True)
    # After having waited for another writer, one sees what that one wrote, as on SQLite.
    return engine.execution_options(isolation_level="READ COMMITTED")


def _sqlite(data_dir: Path) -> Engine:
    engine = create_engine(URL.create(SQLITE, database=str(data_dir / "facetrail.db")))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: str) -> Engine:
    try:
        engine = create_engine(
            _with_driver(url),
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": SILENCE_MS},
        )
    except (ArgumentError, ImportError) as error:
        raise SettingsError(
            "the control database's URL must look like postgresql://user@host/name, "
            "with the extra `postgres` of facetrail installed"
        ) from error
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _with_driver(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() not in {"postgres", "postgresql"}:
        raise ArgumentError(parsed.drivername)
    return parsed.set(drivername="postgresql+psycopg")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver must not open transactions behind our back
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgres(raw: Any, _record: object) -> None:
    raw.autocommit = True  # or these would be undone with the first transaction that is
    with raw.cursor() as cursor:
        for name, value in POSTGRES_SESSION.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    raw.autocommit = False
