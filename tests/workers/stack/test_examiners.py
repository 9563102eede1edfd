"""What the stack knows of those who examine pictures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline.config import load_settings
from workers.stack.children import ChildHealth, ChildState
from workers.stack.examiners import HOSTS, expects_examiner
from workers.stack.health_note import NOTE_NAME, HealthNote
from workers.stack.running import worker_specs

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def note(data_dir: Path, *children: ChildHealth) -> None:
    (data_dir / "run").mkdir()
    (data_dir / "run" / NOTE_NAME).write_bytes(msgspec.json.encode(HealthNote(NOW, children)))


def make_child(name: str, state: ChildState) -> ChildHealth:
    return ChildHealth(name, state, pid=None, restarts=0, problem=None)


def test_no_stack_nobody_is_expected(tmp_path: Path) -> None:
    assert not expects_examiner(tmp_path, NOW)


@pytest.mark.parametrize(
    ("name", "state", "is_expected"),
    [
        ("detector-1", ChildState.RUNNING, True),
        ("detector-2", ChildState.WAITING, True),
        ("detector-1", ChildState.GIVEN_UP, False),
        ("aggregator", ChildState.RUNNING, False),
    ],
)
def test_child_that_hosts_the_stage_is_expected_until_it_is_given_up(
    tmp_path: Path, name: str, state: ChildState, is_expected: bool
) -> None:
    note(tmp_path, make_child(name, state))

    assert expects_examiner(tmp_path, NOW) is is_expected


def test_what_was_told_long_ago_says_nothing(tmp_path: Path) -> None:
    note(tmp_path, make_child("detector-1", ChildState.RUNNING))

    assert not expects_examiner(tmp_path, NOW + timedelta(minutes=1))


def test_the_children_that_host_the_stage_have_these_names(tmp_path: Path) -> None:
    specs = worker_specs(load_settings(data=tmp_path, detectors=2, encoders=1), {}, tmp_path)

    assert [spec.name for spec in specs if "asks" in spec.command] == [s.name for s in specs if HOSTS.fullmatch(s.name)]
