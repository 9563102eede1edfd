"""What a data folder takes on the disk, part by part, and how fast it grows."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

DATABASE = "facetrail.db"
DATABASE_PART = "control database"
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartUse:
    """One folder of the data folder, or its database."""

    name: str
    n_bytes: int
    n_files: int
    n_bytes_lately: int
    """In files written during the last day."""


@dataclass(frozen=True, slots=True)
class DiskUse:
    """A data folder at one moment."""

    measured_at: datetime
    parts: tuple[PartUse, ...]
    """The largest first."""

    @property
    def n_bytes(self) -> int:
        """All parts together."""
        return sum(part.n_bytes for part in self.parts)

    @property
    def n_bytes_lately(self) -> int:
        """What was written during the last day and is still there."""
        return sum(part.n_bytes_lately for part in self.parts)


@dataclass(frozen=True, slots=True)
class Room:
    """The disk that a data folder is on."""

    free_bytes: int
    total_bytes: int

    @property
    def free_part(self) -> float:
        """0 is full."""
        return self.free_bytes / self.total_bytes if self.total_bytes else 0.0


def room_on_disk(data_dir: Path) -> Room:
    """How much room is left, at once."""
    found = shutil.disk_usage(data_dir)
    return Room(found.free, found.total)


def measure_disk_use(data_dir: Path, now: datetime) -> DiskUse:
    """Look at every file of the data folder: some seconds for a million."""
    since = (now - LATELY).timestamp()
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part, found in _files(data_dir):
        count = sums[part]
        count[0] += found.st_size
        count[1] += 1
        count[2] += found.st_size if found.st_mtime >= since else 0
    parts = [PartUse(name, *counts) for name, counts in sums.items()]
    return DiskUse(now, tuple(sorted(parts, key=lambda part: (-part.n_bytes, part.name))))


def _files(data_dir: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Each file's part and what the system knows of it; a file that goes meanwhile is passed over."""
    folders = [(data_dir, "")]
    while folders:
        folder, part = folders.pop()
        for entry in _entries(folder):
            name = part or (DATABASE_PART if entry.name.startswith(DATABASE) else entry.name)
            if entry.is_dir(follow_symlinks=False):
                folders.append((Path(entry.path), name))
                continue
            try:
                yield name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, PermissionError):
        return []
