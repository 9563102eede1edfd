"""`facetrail up`: one stack on a data folder, which works off what others submit, and leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.commands import Folder, make_folder
from workers.stack.running import find_running_stack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_folder(tmp_path_factory.mktemp("up") / "data", weights_cache)


@pytest.fixture(scope="module")
def up(folder: Folder) -> Iterator[subprocess.Popen[str]]:
    """A stack that runs while the tests of this file do."""
    process = folder.start("up")
    while find_running_stack(folder.data) is None:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_submitted_file_is_worked_off(up: subprocess.Popen[str], folder: Folder, open_data: Path) -> None:
    said = folder.run("submit", open_data / "videos" / "obama_podium.mp4", "--wait", "--json")

    assert (said.code, said.json["jobs"][0]["state"]) == (0, "done"), said.err


def test_status_shows_the_workers(up: subprocess.Popen[str], folder: Folder) -> None:
    said = folder.run("status", "--json", "--no-rates").json

    assert said["running"] is True
    assert {stream["stream"] for stream in said["streams"]} == {"ft:frames", "ft:faces"}


def test_second_stack_on_the_folder_is_refused(up: subprocess.Popen[str], folder: Folder) -> None:
    said = folder.run("up")

    assert said.code == 2
    assert "already" in said.err


def test_stopped_stack_leaves_nothing_behind(up: subprocess.Popen[str], folder: Folder) -> None:
    children = psutil.Process(up.pid).children(recursive=True)

    up.send_signal(signal.SIGTERM)
    up.communicate(timeout=60)

    assert up.returncode == 0
    assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert find_running_stack(folder.data) is None
