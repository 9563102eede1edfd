"""A control database with nobody in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control, open_control

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def ada(control: Control) -> User:
    """The first user, an admin."""
    return Users(control).add("Ada", Role.ADMIN, "a hash", NOW)
