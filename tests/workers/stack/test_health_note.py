"""A running stack tells how its processes are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from workers.stack.children import ChildHealth, ChildState
from workers.stack.health_note import NOTE_NAME, OLD, read_health, told_health
from workers.stack.supervisor import StackHealth

CHILDREN = (ChildHealth("aggregator", ChildState.RUNNING, 7, 1, None),)


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_processes_are_told_while_the_stack_runs_and_not_afterwards(run_dir: Path) -> None:
    with told_health(run_dir, lambda: StackHealth(CHILDREN)):
        during = read_health(run_dir.parent, datetime.now(UTC))

    assert (during, read_health(run_dir.parent, datetime.now(UTC))) == (CHILDREN, None)


def test_what_was_told_long_ago_says_nothing(run_dir: Path) -> None:
    with told_health(run_dir, lambda: StackHealth(CHILDREN)):
        assert read_health(run_dir.parent, datetime.now(UTC) + 2 * OLD) is None


def test_damaged_note_says_nothing(run_dir: Path) -> None:
    (run_dir / NOTE_NAME).write_bytes(b"{")

    assert read_health(run_dir.parent, datetime.now(UTC)) is None
