"""Signs of life: given while a process lives, gone with it however it ends, and read by nobody elsewhere."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.control.work.owners import FOLDER, is_dead, new_owner_name, sign_of_life

LIVE = "import sys, pathlib; from pipeline.control.work.owners import sign_of_life\n"
LIVE += "with sign_of_life(pathlib.Path(sys.argv[1]), 'other'): print('alive', flush=True); sys.stdin.read()"


def test_owner_names_are_never_the_same() -> None:
    assert new_owner_name() != new_owner_name()


def test_nobody_is_dead_of_whom_nothing_is_known(tmp_path: Path) -> None:
    assert not is_dead(tmp_path, "unheard-of")


def test_owner_lives_while_its_block_lasts(tmp_path: Path) -> None:
    with sign_of_life(tmp_path, "me"):
        assert not is_dead(tmp_path, "me")

    assert is_dead(tmp_path, "me")


def test_sign_given_under_another_system_says_nothing_here(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "me@another-system").touch()

    assert not is_dead(tmp_path, "me")


def test_owner_without_a_place_for_its_sign_goes_on_without(tmp_path: Path) -> None:
    (tmp_path / FOLDER.parent).write_text("no folder")

    with sign_of_life(tmp_path, "me"):
        assert not is_dead(tmp_path, "me")


@pytest.mark.slow
def test_killed_process_is_dead_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIVE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.send_signal(signal.SIGSTOP)
        was_dead = is_dead(tmp_path, "other")

        other.kill()
        other.wait()

        assert (was_dead, is_dead(tmp_path, "other")) == (False, True)
