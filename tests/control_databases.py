"""Control databases for tests: SQLite in the data folder or, where the environment names one, a Postgres server.

    FACETRAIL_TEST_DATABASE_URL=postgresql://me@127.0.0.1/facetrail_tests make test ARGS="tests/pipeline/control"

lets what is tested with `open_database` be tested on that server, where each data folder has a schema of its own. It
must be a database for this alone.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import pytest

from pipeline.control.database import Control, open_control

SERVER_URL = os.environ.get("FACETRAIL_TEST_DATABASE_URL") or None
of_sqlite = pytest.mark.skipif(SERVER_URL is not None, reason="it is about SQLite's file, and another server was named")
of_postgres = pytest.mark.skipif(
    SERVER_URL is None, reason="no Postgres to test with (set FACETRAIL_TEST_DATABASE_URL to a database for this alone)"
)


def open_database(data_dir: Path) -> Control:
    """The control database of `data_dir`, empty when it is opened for the first time."""
    return open_control(data_dir, database_url(data_dir))


def database_url(data_dir: Path) -> str | None:
    """Where the control database of `data_dir` is; None for SQLite in it."""
    if SERVER_URL is None:
        return None
    return f"{SERVER_URL}?options=-csearch_path%3D{_made_schema(SERVER_URL, str(data_dir.resolve()))}"


@cache
def _made_schema(server_url: str, data_dir: str) -> str:
    psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    name = f"t_{hashlib.sha256(data_dir.encode()).hexdigest()[:16]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")  # of an earlier session's folder of that name
        connection.execute(f"CREATE SCHEMA {name}")
    return name
