"""Write files and folders whole or not at all, so that Ctrl-C leaves nothing half."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from pipeline.errors import InputError, StoreFull, WeightsError
from pipeline.schemas import VectorF32

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file under a name of its own first; makes its folder. Raises `StoreFull`."""
    partial = path.with_name(f".{path.name}.part")
    with _needing_room(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            return partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def making_folder(folder: Path, *, replaces: bool = False) -> Iterator[Path]:
    """A new folder to fill, which becomes `folder` at the end; raises `InputError` when that is there already.

    With `replaces` it takes the place of the one that is there. Raises `StoreFull` when filling it finds no room.
    """
    if folder.exists() and not replaces:
        raise InputError(f"{folder} is there already; give another name, or remove that folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-")
    with _needing_room(folder), temporary as name:
        filled = Path(name) / "new"
        filled.mkdir()
        yield filled
        if folder.exists():
            folder.replace(Path(name) / "old")
        filled.replace(folder)


def write_arrays(path: Path, arrays: Mapping[str, VectorF32]) -> Path:
    """Write named arrays as NumPy's `.npz`; names may hold slashes."""
    content = BytesIO()
    np.savez(content, allow_pickle=False, **{name: np.asarray(array) for name, array in arrays.items()})
    return write_whole(path, content.getvalue())


def read_arrays(path: Path) -> dict[str, VectorF32]:
    """The arrays of `write_arrays`; raises `WeightsError` for anything else, and never runs what is in the file."""
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as arrays:
            return {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    except (OSError, ValueError, EOFError, TypeError, AttributeError, BadZipFile) as error:
        raise WeightsError(f"{path} does not hold weights that were trained here: {error}") from error


@contextmanager
def _needing_room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StoreFull(f"no room left for {path}; free some space and run the command again") from error
