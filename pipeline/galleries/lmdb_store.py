"""Read stores of face vectors in LMDB, as the face-login tutorials keep them: a decimal id, and a vector.

It hides LMDB (extra `lmdb`). The store is only read, without its lock; values are checked before they are used, and a
file shorter than it says, whose reading would end the process, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import InputError, NotFound, SettingsError
from pipeline.galleries.value_forms import ValueForm
from pipeline.schemas import VectorF32

_ID = re.compile(rb"[0-9]{1,20}")
LONGEST_NUMBER = 64
"""Characters of a number in text, at most."""
LEAST_LENGTH = 1e-6
"""A vector shorter than this has no direction."""


@dataclass(frozen=True, slots=True, eq=False)
class StoreEntry:
    """One key of a store, with what can be used of its value."""

    key: str
    """Printable."""
    vector: VectorF32 | None
    """`(D,)` float32 of unit length; None when the entry cannot be used."""
    fault: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True, eq=False)
class VectorStore:
    """An open store."""

    environment: Any
    """An `lmdb.Environment`."""

    def __len__(self) -> int:
        return int(self.environment.stat()["entries"])

    def entries(self, form: ValueForm, dimensions: int) -> Iterator[StoreEntry]:
        """Everything in the store in the order of its keys (as text); raises `InputError` for a damaged one."""
        lmdb = _lmdb()
        try:
            with self.environment.begin() as transaction:
                for key, value in transaction.cursor():
                    yield _entry(bytes(key), bytes(value), form, dimensions)
        except lmdb.Error as error:
            raise InputError(f"{self.environment.path()} is damaged: {error}") from error


@contextmanager
def open_store(path: Path) -> Iterator[VectorStore]:
    """The store in a folder (with its `data.mdb`) or a file of its own.

    Raises `NotFound`, `InputError` for anything else than a whole store, and `SettingsError` without LMDB.
    """
    lmdb = _lmdb()
    file = path / "data.mdb" if path.is_dir() else path
    if not file.is_file():
        raise NotFound(f"there is no LMDB store at {path}")
    try:
        environment = lmdb.open(str(path), subdir=path.is_dir(), readonly=True, lock=False, create=False)
    except (lmdb.Error, OSError) as error:
        raise InputError(f"{path} is no LMDB store: {error}") from error
    try:
        _check_whole(environment, file)
        yield VectorStore(environment)
    finally:
        environment.close()


def _check_whole(environment: Any, file: Path) -> None:
    needed = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
    if file.stat().st_size < needed:
        raise InputError(f"{file} is cut off: it has {file.stat().st_size} bytes of {needed}")


def _entry(key: bytes, value: bytes, form: ValueForm, dimensions: int) -> StoreEntry:
    shown = ascii(key.decode(errors="replace"))[1:-1]
    if not _ID.fullmatch(key):
        return StoreEntry(shown, None, "the key is no decimal id")
    try:
        numbers = _numbers(value, form)
    except ValueError as error:
        return StoreEntry(shown, None, str(error))
    if len(numbers) != dimensions:
        return StoreEntry(shown, None, f"it has {len(numbers)} numbers; the encoder gives {dimensions}")
    length = float(np.linalg.norm(numbers.astype(np.float64)))
    if not np.isfinite(length) or length < LEAST_LENGTH:
        return StoreEntry(shown, None, "it has numbers that are none" if not np.isfinite(length) else "it is all zero")
    return StoreEntry(shown, np.asarray(numbers / length, np.float32))


def _numbers(value: bytes, form: ValueForm) -> VectorF32:
    """`(N,)` float32 as they are stored; raises `ValueError` when the value is of another form."""
    if form is ValueForm.RAW_FLOAT32:
        if len(value) % 4:
            raise ValueError(f"its {len(value)} bytes are no 4-byte numbers")
        return np.frombuffer(value, "<f4").astype(np.float32)
    parts = value.split(b",")
    if any(len(part) > LONGEST_NUMBER for part in parts):
        raise ValueError("it is no text of numbers separated by commas")
    try:
        return np.array([float(part) for part in parts], np.float64).astype(np.float32)
    except ValueError as error:
        raise ValueError("it is no text of numbers separated by commas") from error


def _lmdb() -> Any:
    try:
        import lmdb
    except ImportError as error:
        raise SettingsError("reading LMDB stores needs the library: pip install 'facetrail[lmdb]'") from error
    return lmdb
