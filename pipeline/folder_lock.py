"""One process at a time changes what is in a folder; the system frees the lock with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".lock"


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the folder for a change, waiting for whoever holds it; makes the folder when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
