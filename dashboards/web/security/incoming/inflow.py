"""A file while its bytes come in: bounded, looked at as soon as its beginning is there, and known by its content."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from dashboards.web.failures import TooMuch
from pipeline.errors import StoreFull
from pipeline.video.files.probing import check_beginning

READ_BYTES = 1 << 20
HEAD_BYTES = 4 << 20
"""So much of an upload tells whether it can be footage at all."""
LEAST_FREE_BYTES = 2_000_000_000
"""What uploads leave free on the disk, for the record."""


class RunningDigest:
    """The sha256 of a file that grows, made as it grows; what this process has not seen is read in the end."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._n_bytes = 0

    def add(self, part: bytes, offset: int) -> None:
        """These bytes were written at `offset`."""
        if offset == self._n_bytes:
            self._digest.update(part)
            self._n_bytes += len(part)

    def of(self, path: Path) -> str:
        """The digest of the whole file, in hex digits."""
        with path.open("rb") as file:
            file.seek(self._n_bytes)
            while part := file.read(READ_BYTES):
                self.add(part, self._n_bytes)
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Bound:
    """How much may come in."""

    n_bytes: int
    words: str
    """The refusal of more."""
    least_free_bytes: int = LEAST_FREE_BYTES
    """What stays free on the disk."""


class Inflow:
    """Bytes that go to the end of one file, as a `with` block."""

    def __init__(self, path: Path, bound: Bound, digest: RunningDigest) -> None:
        self._path = path
        self._bound = bound
        self._digest = digest
        self._file = path.open("ab", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()

    @property
    def n_bytes(self) -> int:
        """How much is there."""
        return self._file.tell()

    def add(self, part: bytes) -> None:
        """Write some more. Raises `TooMuch`, `StoreFull`, and `SourceUnreadable` once the beginning is of no video.

        What was there before stays, so that the same part can be sent again.
        """
        offset = self.n_bytes
        if offset + len(part) > self._bound.n_bytes:
            raise TooMuch(self._bound.words)
        if shutil.disk_usage(self._path.parent).free < self._bound.least_free_bytes + len(part):
            raise StoreFull("the disk has too little room left for more footage")
        self._write(part, offset)
        if offset < HEAD_BYTES <= self.n_bytes:
            check_beginning(self._path)

    def _write(self, part: bytes, offset: int) -> None:
        try:
            written = self._file.write(part)
        except OSError as error:
            raise StoreFull(f"the upload cannot be written: {error.strerror}") from error
        self._digest.add(part[:written], offset)
        if written < len(part):
            raise StoreFull("the upload cannot be written: the disk took only a part of it")


async def batched(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of a megabyte: a thread's turn for each few kilobytes would cost more than writing."""
    waiting = bytearray()
    async for part in stream:
        waiting += part
        if len(waiting) >= READ_BYTES:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)
