"""When a file in a watched folder counts as whole, stepping through time by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.intake.settling import NOTHING_SEEN, FileFacts, is_finished_name, list_folder, settle

CLIP = FileFacts(Path("/in/clip.mp4"), 100, 1)
GROWN = FileFacts(Path("/in/clip.mp4"), 200, 2)
EMPTY = FileFacts(Path("/in/clip.mp4"), 0, 1)


@pytest.mark.parametrize(
    ("looks", "settled"),
    [
        ([], ()),
        ([(0, [CLIP])], ()),
        ([(0, [CLIP]), (9, [CLIP])], ()),
        ([(0, [CLIP]), (10, [CLIP])], (CLIP,)),
        ([(0, [CLIP]), (9, [GROWN]), (15, [GROWN])], ()),
        ([(0, [CLIP]), (9, [GROWN]), (19, [GROWN])], (GROWN,)),
        ([(0, [CLIP]), (5, []), (10, [CLIP])], ()),
        ([(0, [EMPTY]), (60, [EMPTY])], ()),
    ],
    ids=["no look", "first", "too soon", "whole", "grown", "grown, then whole", "gone and back", "empty"],
)
def test_file_is_whole_once_it_looked_the_same_for_long_enough(
    looks: list[tuple[float, list[FileFacts]]], settled: tuple[FileFacts, ...]
) -> None:
    state = NOTHING_SEEN
    for now_s, listing in looks:
        state = settle(state, listing, now_s, settle_s=10)

    assert state.settled == settled


@pytest.mark.parametrize("facts", [CLIP, EMPTY], ids=["whole", "empty"])
def test_folder_in_which_nothing_has_changed_for_long_enough_is_quiet(facts: FileFacts) -> None:
    first = settle(NOTHING_SEEN, [facts], 0, settle_s=10)
    last = settle(first, [facts], 10, settle_s=10)

    assert (NOTHING_SEEN.is_quiet, first.is_quiet, last.is_quiet) == (True, False, True)


@pytest.mark.parametrize(
    ("name", "is_finished"),
    [
        ("clip.mp4", True),
        ("clip.part.mp4", False),
        ("clip.mp4.part", True),  # no video by its ending; `list_folder` leaves it out
        (".clip.mp4", False),
        ("~clip.mp4", False),
        ("clip.tmp.mkv", False),
    ],
)
def test_names_of_files_that_are_still_written(name: str, is_finished: bool) -> None:
    assert is_finished_name(name) == is_finished


def test_folder_lists_videos_and_only_when_asked_those_below(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.MKV", "notes.txt", "c.mp4.part", ".d.mp4", "below/e.mp4", ".hidden/f.mp4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")

    flat = {facts.path.name for facts in list_folder(tmp_path, recursive=False)}
    deep = {facts.path.name for facts in list_folder(tmp_path, recursive=True)}

    assert (flat, deep) == ({"a.mp4", "b.MKV"}, {"a.mp4", "b.MKV", "e.mp4"})


def test_folder_that_is_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="is it mounted"):
        list_folder(tmp_path / "share", recursive=False)
