"""Uploads that have not come whole: found again as far as the disk has them, and removed when nobody goes on."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import NotFound, StoreFull
from pipeline.intake.unfinished import LASTS, Announced, UnfinishedUploads

DOOR = Announced(
    who="ada", name="door.mp4", n_bytes=10, modified_ms=5, start_ts=datetime(2026, 5, 1, tzinfo=UTC), options_json="{}"
)


@pytest.fixture
def unfinished(tmp_path: Path) -> UnfinishedUploads:
    return UnfinishedUploads(tmp_path / "footage")


def test_without_a_folder_there_is_nothing(unfinished: UnfinishedUploads) -> None:
    assert unfinished.listed() == []
    assert unfinished.remove_stale(datetime.now(UTC)) == 0


def test_upload_is_as_far_as_its_file(unfinished: UnfinishedUploads) -> None:
    begun = unfinished.begin(DOOR)
    begun.path.write_bytes(b"1234")

    found = unfinished.find(begun.upload_id)

    assert (found.announced, found.n_received, found.n_missing, found.is_whole) == (DOOR, 4, 6, False)
    assert unfinished.listed() == [found]


@pytest.mark.parametrize("upload_id", ["", "0" * 32, "../../etc/passwd", "A" * 32, "0" * 31 + "/", "0" * 33])
def test_what_is_no_upload_is_not_found(unfinished: UnfinishedUploads, upload_id: str) -> None:
    unfinished.begin(DOOR)

    with pytest.raises(NotFound, match="no such upload"):
        unfinished.find(upload_id)


def test_only_what_nobody_goes_on_with_is_removed(unfinished: UnfinishedUploads, tmp_path: Path) -> None:
    old, fresh = unfinished.begin(DOOR), unfinished.begin(DOOR)
    torn = tmp_path / "footage" / ".part-torn"  # of a process that was killed between two steps
    torn.mkdir()
    (tmp_path / "footage" / "door.mp4").touch()
    for path in (*old.path.parent.iterdir(), old.path.parent, torn, tmp_path / "footage" / "door.mp4"):
        os.utime(path, (0, 0))

    n_removed = unfinished.remove_stale(fresh.touched_at + LASTS - timedelta(seconds=1))

    assert (n_removed, [one.upload_id for one in unfinished.listed()]) == (2, [fresh.upload_id])
    assert (tmp_path / "footage" / "door.mp4").exists()


def test_removed_upload_leaves_nothing(unfinished: UnfinishedUploads, tmp_path: Path) -> None:
    unfinished.remove(unfinished.begin(DOOR).upload_id)

    assert list((tmp_path / "footage").iterdir()) == []


def test_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "footage").touch()

    with pytest.raises(StoreFull, match="cannot be begun"):
        UnfinishedUploads(tmp_path / "footage").begin(DOOR)
