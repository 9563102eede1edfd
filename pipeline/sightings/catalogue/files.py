"""The files of `sightings/` day by day, and which of them changed since they were read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "sightings.parquet"


@dataclass(frozen=True, slots=True)
class FileMark:
    """What tells one content of a file from the next: files are replaced, never changed in place."""

    inode: int
    n_bytes: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Partition:
    """One file of the record."""

    day: str
    """The UTC date, as in `date=2026-01-31`."""
    source_id: str


def path_of(folder: Path, partition: Partition) -> Path:
    """Where the partition's sightings are, below `sightings/`."""
    return folder / f"date={partition.day}" / f"source={partition.source_id}" / FILE


def list_partitions(folder: Path) -> dict[Partition, FileMark]:
    """Every file of the record, the newest days first."""
    found: dict[Partition, FileMark] = {}
    for day in sorted(_folders(folder, "date="), reverse=True):
        parent = os.path.join(folder, f"date={day}")  # noqa: PTH118 # thousands of Paths a second are too slow
        for source_id in sorted(_folders(parent, "source=")):
            mark = _mark(f"{parent}/source={source_id}/{FILE}")
            if mark is not None:
                found[Partition(day, source_id)] = mark
    return found


def changed_days(
    before: Mapping[Partition, FileMark], now: Mapping[Partition, FileMark]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The days with the sources whose files are new, other or gone, the newest first."""
    changed = {partition for partition in before.keys() | now.keys() if before.get(partition) != now.get(partition)}
    days: dict[str, set[str]] = {}
    for partition in changed:
        days.setdefault(partition.day, set()).add(partition.source_id)
    for day in sorted(days, reverse=True):
        yield day, frozenset(days[day])


def _folders(parent: str | Path, prefix: str) -> list[str]:
    try:
        with os.scandir(parent) as entries:
            return [entry.name.removeprefix(prefix) for entry in entries if entry.name.startswith(prefix)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _mark(path: str) -> FileMark | None:
    try:
        found = os.stat(path)  # noqa: PTH116 # as above
    except FileNotFoundError:
        return None
    return FileMark(found.st_ino, found.st_size, found.st_mtime_ns)
