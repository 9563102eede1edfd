"""Backups: a data folder as it was at one moment, copied while workers go on.

The record's files are replaced whole, never changed, and only inside writing transactions of the control database. So
every file gets a second name (a hard link); then, inside one such transaction, those that were replaced meanwhile get
theirs anew and the database is copied, which takes moments; the bytes are copied from those names afterwards. What
comes out is a data folder: to restore it is to use it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.control.copying import DATABASE_NAME, copy_database
from pipeline.control.database import Control
from pipeline.errors import InputError
from pipeline.sightings.record.staging import written

NOTE_NAME = "backup.json"
"""Written last: a folder without it is no whole backup."""
PASSING = frozenset({"run", "logs", "staging", "index", NOTE_NAME})
"""What belongs to processes, and not to the record; indexes are made anew from it, and are not replaced whole."""
HOLDING = ".backup-"
WEIGHTS = "weights"
UNKNOWN = -1
"""No file's number: such a file is taken anew."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied."""

    path: Path
    made_at: datetime
    n_files: int
    n_bytes: int
    held_s: float
    """How long no worker could commit, in seconds."""


def back_up(
    control: Control, target: Path, made_at: datetime, on_file: Callable[[int], None] = lambda _n_done: None
) -> Backup:
    """Copy the data folder of `control` to the new or empty folder `target`; `on_file` hears how many files are there.

    Raises `InputError` for another target, `StoreFull` or `StoreDamaged` when something cannot be read or written.
    """
    _check_target(control.data_dir, target)
    with written(control.data_dir), tempfile.TemporaryDirectory(prefix=HOLDING, dir=control.data_dir) as held:
        seen = _hold(control.data_dir, Path(held), {})
        begun = time.monotonic()
        with control.writing():
            _hold(control.data_dir, Path(held), seen)
            copy_database(control.data_dir, Path(held) / DATABASE_NAME)
        held_s = time.monotonic() - begun
        with written(target):
            n_files = _copy(Path(held), target, on_file)
    n_bytes = sum((target / name).stat().st_size for name, _ in _files(target))
    backup = Backup(target, made_at, n_files, n_bytes, held_s)
    with written(target):
        (target / NOTE_NAME).write_bytes(msgspec.json.encode({"made_at": made_at, "n_files": n_files}))
    return backup


def count_files(data_dir: Path) -> int:
    """How many files a backup would copy, about."""
    return sum(1 for _ in _kept(data_dir)) + 1


def _check_target(data_dir: Path, target: Path) -> None:
    if not (data_dir / DATABASE_NAME).is_file():
        raise InputError(
            f"the control database of {data_dir} is not in the folder: dump it by its own means (`pg_dump`), while "
            "no worker runs, and copy the folder"
        )
    if target.resolve().is_relative_to(data_dir.resolve()):
        raise InputError(f"{target} lies inside the data folder {data_dir}: name a folder elsewhere")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is there already, and not empty: name a new folder")


def _hold(data_dir: Path, held: Path, seen: Mapping[str, int]) -> dict[str, int]:
    """Give every file that counts a second name in `held`, but for those `seen` that are still the same file.

    Returns the files by their names below the data folder, with their numbers in the file system.
    """
    found = dict(_kept(data_dir))
    for name in seen.keys() - found.keys():
        (held / name).unlink(missing_ok=True)
    for name, number in found.items():
        if seen.get(name) != number:
            second = held / name
            second.parent.mkdir(parents=True, exist_ok=True)
            second.unlink(missing_ok=True)
            if not _link(data_dir / name, second):
                found[name] = UNKNOWN
    return found


def _link(path: Path, second: Path) -> bool:
    """Whether `second` is now another name for the file, by which its number stays its own."""
    try:
        second.hardlink_to(path)
    except FileNotFoundError:  # gone meanwhile; inside the transaction only files outside the record can
        return False
    except OSError:  # another file system, or one without links
        shutil.copy2(path, second)
        return path.parent.name == WEIGHTS  # a weight file is never another under its name
    return True


def _copy(held: Path, target: Path, on_file: Callable[[int], None]) -> int:
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    n_done = 0
    for name, _ in _files(held):
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(held / name, copy)
        n_done += 1
        on_file(n_done)
    return n_done


def _kept(data_dir: Path) -> Iterator[tuple[str, int]]:
    """The files that a backup has, but for the database."""
    for part in sorted(path.name for path in data_dir.iterdir()):
        if part in PASSING or part.startswith((HOLDING, DATABASE_NAME)):
            continue
        if (data_dir / part).is_dir():
            yield from _files(data_dir, part)
        else:
            yield part, (data_dir / part).stat().st_ino


def _files(folder: Path, below: str = "") -> Iterator[tuple[str, int]]:
    """Names below `folder`, with each file's number in the file system, which the folder knows without a look at it."""
    with os.scandir(folder / below) as entries:
        for entry in entries:
            name = os.path.join(below, entry.name)  # noqa: PTH118 # a Path for each of a million files takes its time
            if entry.is_dir():
                yield from _files(folder, name)
            else:
                yield name, entry.inode()
