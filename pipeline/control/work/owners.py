"""Those who own sources, and whether they still live: each keeps a lock that the system takes from it when it dies.

    with sign_of_life(data_dir, owner): ...     for as long as this process may own something
    is_dead(data_dir, owner) -> bool            True only of what has certainly ended
    sweep_signs(data_dir, owners)               of the dead, except those of these owners

A lock says nothing across machines: not every network file system carries them. So a sign of life is read only by
processes of the system that it was given under; elsewhere, and without one, nobody counts as dead.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

logger = logging.getLogger(__name__)

FOLDER = Path("run", "owners")
"""Of the data folder."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Linux's name for itself from one start to the next; all its containers share it, and no other machine has it."""
YOUNG_S = 60.0
"""A sign that was made within so many seconds may be about to be locked."""


def new_owner_name() -> str:
    """A name that no other process ever had: host, process and a random part."""
    return f"{platform.node() or 'host'}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


@contextmanager
def sign_of_life(data_dir: Path, owner: str) -> Iterator[None]:
    """Let others on this system see that `owner` lives, while the block lasts; afterwards it counts as dead.

    Where no file can be locked there is no sign, and the owner's leases run out in their time.
    """
    descriptor = _make_sign(_sign_of(data_dir, owner))
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_dead(data_dir: Path, owner: str) -> bool:
    """Whether the owner gave a sign of life under this system, and gives it no more."""
    return _is_free(_sign_of(data_dir, owner))


def sweep_signs(data_dir: Path, owners: Collection[str]) -> None:
    """Remove the signs of the dead, except those of `owners`, whose leases have not run out."""
    kept = {_sign_of(data_dir, owner) for owner in owners}
    folder = data_dir / FOLDER
    for path in [path for path in folder.iterdir() if path not in kept] if folder.is_dir() else []:
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - YOUNG_S and _is_free(path):
                path.unlink()


def _sign_of(data_dir: Path, owner: str) -> Path:
    return data_dir / FOLDER / f"{owner}@{_system()}"


@cache
def _system() -> str:
    """What no other running system is called."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return platform.node() or "host"


def _make_sign(path: Path) -> int | None:
    """A descriptor of the file at `path`, locked; None where that cannot be had."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        logger.warning("no sign of life can be given in %s: %s", path.parent, error.strerror)
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        logger.warning("no sign of life can be locked in %s: %s", path.parent, error.strerror)
        path.unlink(missing_ok=True)
        os.close(descriptor)
        return None
    return descriptor


def _is_free(path: Path) -> bool:
    """Whether the file is there, and nobody keeps its lock; those who look do not stand in each other's way."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
