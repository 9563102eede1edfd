"""Whole files prepared out of sight, and put in place all together.

    with Staging(folder) as staging:
        staging.add(path, content)     slow, touches nothing that anybody reads
        staging.remove(path)
        staging.publish()              fast, inside the transaction that makes it count

What was not published is gone when the block ends. A file that has its content already is left alone. The folder is on
the targets' file system and none that anybody reads: a reader of a folder may stumble over any foreign name in it.
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

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Staging:
    """Files on their way into the record."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prepared: list[tuple[Path, Path]] = []
        self._doomed: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for temporary, _path in self._prepared:
            temporary.unlink(missing_ok=True)

    def add(self, path: Path, content: bytes, *, is_durable: bool = True) -> None:
        """Prepare a file; raises `StoreFull` without room, `StoreDamaged` where nothing can be written.

        One that is durable is on the disk before it counts, so that not even a power cut leaves an empty file.
        """
        with written(path):
            if _has_content(path, content):
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / uuid.uuid4().hex
            self._prepared.append((temporary, path))
            _write(temporary, content, is_durable=is_durable)

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
    """Remove from a staging folder what a killed process left behind; returns how many files.

    `now_s` is the time as `st_mtime` counts it. Those younger than a lease may still be somebody's.
    """
    leftovers = [path for path in folder.glob("*") if _is_older(path, now_s - older_than_s)]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes, *, is_durable: bool) -> None:
    with path.open("wb") as file:
        file.write(content)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())


def _is_older(path: Path, than_s: float) -> bool:
    try:
        return path.stat().st_mtime < than_s
    except FileNotFoundError:
        return False
