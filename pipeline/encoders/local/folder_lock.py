"""One process at a time changes the files that describe a folder of weights."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".models.lock"


@contextmanager
def changing(weights_dir: Path) -> Iterator[None]:
    """Hold the folder for a change of a moment, waiting for whoever holds it; makes the folder when it is not there."""
    weights_dir.mkdir(parents=True, exist_ok=True)
    with (weights_dir / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
