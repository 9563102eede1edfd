"""Whole files prepared beside their targets, and put in place all together.

    with Staging() as staging:
        staging.add(path, content)     slow, touches nothing that anybody reads
        staging.remove(path)
        staging.publish()              fast, inside the transaction that makes it count

What was not published is gone when the block ends. A file that has its content already is left alone.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.errors import StoreDamaged, StoreFull

TEMPORARY_PREFIX = ".tmp-"
"""Readers of a folder of Parquet files pass over names that begin with a dot."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Staging:
    """Files on their way into the record."""

    def __init__(self) -> None:
        self._prepared: list[tuple[Path, Path]] = []
        self._doomed: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for temporary, _path in self._prepared:
            temporary.unlink(missing_ok=True)

    def add(self, path: Path, content: bytes) -> None:
        """Prepare a file; raises `StoreFull` without room, `StoreDamaged` where nothing can be written."""
        with written(path):
            if _has_content(path, content):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(TEMPORARY_PREFIX + uuid.uuid4().hex)
            self._prepared.append((temporary, path))
            _write_durably(temporary, content)

    def remove(self, path: Path) -> None:
        """Let a file go at publication, after all others are in place."""
        self._doomed.append(path)

    def publish(self) -> None:
        """Put every file in its place; each of them atomically."""
        for temporary, path in self._prepared:
            with written(path):
                temporary.replace(path)
        self._prepared = []
        for path in self._doomed:
            with written(path):
                path.unlink(missing_ok=True)
        self._doomed = []


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Let our errors rise where the file system raises its own about `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(
                f"no room left in {path.parent} ({error.strerror}); what was recorded before is whole: "
                "free some space and run the command again"
            ) from error
        raise StoreDamaged(f"{path} cannot be written: {error.strerror}") from error


def remove_leftovers(folder: Path, older_than_s: float, now_s: float) -> int:
    """Remove temporary files that a killed process left behind; returns how many.

    `now_s` is the time as `st_mtime` counts it. Those younger than a lease may still be somebody's.
    """
    leftovers = [path for path in folder.rglob(TEMPORARY_PREFIX + "*") if _is_older(path, now_s - older_than_s)]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _write_durably(path: Path, content: bytes) -> None:
    """Write and flush to the disk, so that a power cut cannot leave an empty file behind a progress that counts it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _is_older(path: Path, than_s: float) -> bool:
    try:
        return path.stat().st_mtime < than_s
    except FileNotFoundError:
        return False
