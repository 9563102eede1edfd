"""Which files a command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.intake.videos import list_videos


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    for name in ("a.mp4", "B.MKV", "notes.txt", ".hidden.mp4", "deep/c.avi"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def test_no_argument_means_no_video() -> None:
    assert list_videos([]) == ()


def test_folder_means_the_videos_in_it_and_below(footage: Path) -> None:
    assert list_videos([footage]) == (footage / "B.MKV", footage / "a.mp4", footage / "deep" / "c.avi")


def test_file_that_is_named_may_have_any_ending(footage: Path) -> None:
    assert list_videos([footage / "notes.txt"]) == (footage / "notes.txt",)


def test_pattern_means_what_matches(footage: Path) -> None:
    assert list_videos([footage / "*.mp4"]) == (footage / "a.mp4",)


def test_file_named_twice_counts_once(footage: Path) -> None:
    assert list_videos([footage / "a.mp4", footage / "a.mp4"]) == (footage / "a.mp4",)


def test_missing_file_is_left_to_those_who_open_it(footage: Path) -> None:
    assert list_videos([footage / "missing.mp4"]) == (footage / "missing.mp4",)


@pytest.mark.parametrize("name", ["*.webm", "empty"])
def test_argument_that_means_nothing_is_named(footage: Path, name: str) -> None:
    (footage / "empty").mkdir()

    with pytest.raises(SourceUnreadable, match=name.replace("*", r"\*")):
        list_videos([footage / name])
