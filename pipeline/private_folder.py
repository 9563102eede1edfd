"""Making a folder that nobody but its owner can read, for faces and names; one that is there stays as it is."""

from __future__ import annotations

from pathlib import Path

PRIVATE_MODE = 0o700


def make_private_folder(folder: Path) -> None:
    """Make the folder and those above it, itself with mode 0700, unless it is there; raises `OSError`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=PRIVATE_MODE)
    except FileExistsError:
        if not folder.is_dir():
            raise


def is_open_to_others(folder: Path) -> bool:
    """Whether anybody but the owner may read the folder, or look for names in it."""
    return bool(folder.stat().st_mode & 0o077)
