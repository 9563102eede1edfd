"""Children: started again when they die, given up when that is of no use."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.stack.children import MOST_FAST_STARTS, SERVER_AWAY, Child, ChildSpec, ChildState

SLEEP = "import time; time.sleep(600)"
PATIENCE_S = 30.0


def make_child(tmp_path: Path, code: str) -> Child:
    command = (sys.executable, "-c", code)
    return Child(ChildSpec("child", command, dict(os.environ), tmp_path / "child.stderr"))


def tend_until(child: Child, is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.01)):
        child.tend()
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")


def test_killed_child_is_started_again(tmp_path: Path) -> None:
    child = make_child(tmp_path, SLEEP)
    first = child.health().pid

    child.signal(signal.SIGKILL)
    tend_until(child, lambda: child.health().restarts == 1)

    assert child.health().state is ChildState.RUNNING
    assert child.health().pid != first
    child.signal(signal.SIGKILL)
    assert child.wait(PATIENCE_S)


def test_what_a_child_said_as_it_died_is_still_there_when_it_runs_again(tmp_path: Path) -> None:
    child = make_child(tmp_path, "import sys; print('a fault of ours', file=sys.stderr); sys.exit(1)")

    tend_until(child, lambda: child.health().restarts == 1)

    assert (tmp_path / "child.stderr.before").read_text() == "a fault of ours\n"
    child.signal(signal.SIGKILL)
    assert child.wait(PATIENCE_S)


@pytest.mark.parametrize("code", [2, 4])
def test_child_that_cannot_help_itself_is_given_up_with_its_last_words(tmp_path: Path, code: int) -> None:
    child = make_child(tmp_path, f"import sys; print('the disk is full', file=sys.stderr); sys.exit({code})")

    tend_until(child, lambda: child.health().state is ChildState.GIVEN_UP)

    assert (child.health().problem, child.health().restarts) == ("the disk is full", 0)


@pytest.mark.slow
def test_child_that_never_works_is_given_up_after_some_starts_and_one_whose_server_is_away_is_not(
    tmp_path: Path,
) -> None:
    child, waiting = (make_child(tmp_path, f"raise SystemExit({code})") for code in (1, SERVER_AWAY))

    def are_done() -> bool:
        waiting.tend()
        return child.health().state is ChildState.GIVEN_UP and waiting.health().restarts > MOST_FAST_STARTS

    tend_until(child, are_done)

    assert child.health().restarts == MOST_FAST_STARTS
    assert child.health().problem == f"it ended with code 1, {MOST_FAST_STARTS + 1} times"
    assert waiting.health().problem is None
    waiting.signal(signal.SIGKILL)
    assert waiting.wait(PATIENCE_S)
