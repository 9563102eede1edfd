"""Watched folders, with time stepped by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.database import Control, open_control
from pipeline.control.work.arrivals import Arrivals, ArrivalState
from workers.footage.watching import FolderRule, FolderWatcher, waiting_of


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def put(folder: Path, name: str = "clip.mp4", size: int = 10) -> Path:
    path = folder / name
    path.write_bytes(b"x" * size)
    return path


def looks(watcher: FolderWatcher, *times_s: float) -> list[str]:
    """Names of what came, over several looks."""
    return [arrival.label for now_s in times_s for arrival in watcher.look(now_s)]


def test_empty_folder_gives_nothing(control: Control, folder: Path) -> None:
    assert looks(FolderWatcher(control, FolderRule(folder=folder)), 0, 100) == []


def test_file_comes_once_when_it_is_whole(control: Control, folder: Path) -> None:
    put(folder)

    assert looks(FolderWatcher(control, FolderRule(folder=folder)), 0, 5, 10, 15, 100) == ["clip.mp4"]


def test_file_that_grows_for_hours_comes_at_its_end(control: Control, folder: Path) -> None:
    watcher = FolderWatcher(control, FolderRule(folder=folder))
    for hour in range(1, 4):
        put(folder, size=hour)
        os.utime(folder / "clip.mp4", (hour, hour))
        assert looks(watcher, hour * 3600) == []

    assert looks(watcher, 3 * 3600 + 10) == ["clip.mp4"]


def test_restart_takes_nothing_twice(control: Control, folder: Path) -> None:
    put(folder)
    looks(FolderWatcher(control, FolderRule(folder=folder)), 0, 10)

    assert looks(FolderWatcher(control, FolderRule(folder=folder)), 0, 10) == []


def test_what_was_noted_before_a_restart_waits_still(control: Control, folder: Path) -> None:
    put(folder)
    looks(FolderWatcher(control, FolderRule(folder=folder)), 0, 10)

    waiting = waiting_of(control, [FolderWatcher(control, FolderRule(folder=folder))])

    assert [arrival.label for arrival in waiting] == ["clip.mp4"]


def test_new_only_leaves_out_what_was_there_first_and_nothing_else(control: Control, folder: Path) -> None:
    put(folder, "old.mp4")
    rule = FolderRule(folder=folder, new_only=True)
    assert looks(FolderWatcher(control, rule), 0, 10) == []
    put(folder, "while_away.mp4")

    assert looks(FolderWatcher(control, rule), 0, 10) == ["while_away.mp4"]


def test_folder_that_went_and_came_back_goes_on(control: Control, folder: Path) -> None:
    watcher = FolderWatcher(control, FolderRule(folder=folder))
    folder.rmdir()
    assert looks(watcher, 0) == []
    folder.mkdir()
    put(folder)

    assert looks(watcher, 20, 30) == ["clip.mp4"]


def test_file_that_cannot_be_read_is_not_moved(control: Control, folder: Path, tmp_path: Path) -> None:
    put(folder)
    rule = FolderRule(folder=folder, move_to=tmp_path / "archive")

    assert looks(FolderWatcher(control, rule), 0, 10) == ["clip.mp4"]
    assert (folder / "clip.mp4").is_file()


def test_arrivals_of_other_folders_are_left_to_others(control: Control, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    put(other)
    looks(FolderWatcher(control, FolderRule(folder=other)), 0, 10)

    assert waiting_of(control, [FolderWatcher(control, FolderRule(folder=folder))]) == []
    assert [one.state for one in Arrivals(control).waiting()] == [ArrivalState.WAITING]
