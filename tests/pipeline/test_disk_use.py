"""A data folder's size, part by part."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.disk_use import measure_disk_use, room_on_disk


def test_folder_without_anything_takes_nothing(tmp_path: Path) -> None:
    assert measure_disk_use(tmp_path, datetime.now(UTC)).parts == ()


def test_parts_are_told_apart_the_largest_first(tmp_path: Path) -> None:
    (tmp_path / "thumbs" / "date=2026-03-02").mkdir(parents=True)
    (tmp_path / "thumbs" / "date=2026-03-02" / "t_1.jpg").write_bytes(b"12345")
    (tmp_path / "facetrail.db").write_bytes(b"12")
    (tmp_path / "facetrail.db-wal").write_bytes(b"1")

    use = measure_disk_use(tmp_path, datetime.now(UTC))

    assert [(part.name, part.n_bytes, part.n_files) for part in use.parts] == [
        ("thumbs", 5, 1),
        ("control database", 3, 2),
    ]


def test_what_was_written_lately_is_told(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for name, age in (("old", timedelta(days=2)), ("new", timedelta(hours=2))):
        (tmp_path / name).write_bytes(b"123")
        os.utime(tmp_path / name, ((now - age).timestamp(),) * 2)

    use = measure_disk_use(tmp_path, now)

    assert (use.n_bytes, use.n_bytes_lately) == (6, 3)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path)

    assert measure_disk_use(tmp_path, datetime.now(UTC)).parts[0].n_files == 1


def test_disk_has_some_room(tmp_path: Path) -> None:
    assert 0 < room_on_disk(tmp_path).free_part < 1
