"""A control database with nobody in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control
from tests.control_databases import open_database

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A control database that was made once, to be copied: making one takes four times as long."""
    folder = tmp_path_factory.mktemp("empty")
    open_database(folder).close()
    return folder / "facetrail.db"


@pytest.fixture
def control(empty_database: Path, tmp_path: Path) -> Iterator[Control]:
    if empty_database.is_file():  # it is one of SQLite's
        shutil.copy(empty_database, tmp_path)
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def ada(control: Control) -> User:
    """The first user, an admin."""
    return Users(control).add("Ada", Role.ADMIN, "a hash", NOW)
