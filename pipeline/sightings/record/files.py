"""Parquet files: where each part of the record lies, reading one, and making the bytes of one.

    tracks/date=2026-01-31/source=f_12ab/hour-14.parquet         the hour of start_ts
    embeddings/encoder=sface/date=.../source=.../hour-14.parquet
    sightings/date=.../source=.../sightings.parquet
    coverage/date=.../source=.../coverage.parquet
    <part>/date=1970-01-01/source=none/columns.parquet           no rows: the columns, see below

All dates and hours are UTC. A file may be replaced while somebody reads the folder, and some libraries look a file up
by its name more than once: its length when they list the folder, the columns of the first file, then the content. So

- the first file of a part is one without rows that never changes (a record without rows can be read, too);
- files are padded to one of few lengths, so that a length that was true a moment ago still finds the file's end;
- a partition that lost its rows keeps a file without rows, since a reader must find what it has listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreDamaged

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


_TAIL_BYTES = 8
"""A Parquet file ends in the length of its footer and a mark, four bytes each."""

_LEAST_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Which rows to read; None means all."""

    source_id: str | None = None
    run_id: str | None = None
    first_day: date | None = None
    """Days are UTC dates of `start_ts`, both included."""
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record: a folder of partitions."""

    folder: Path

    def hour_file(self, source_id: str, at: datetime) -> Path:
        """The file for rows that start at `at`, one per hour."""
        return self._partition(source_id, at) / f"hour-{at.astimezone(UTC):%H}.parquet"

    def day_file(self, source_id: str, at: datetime) -> Path:
        """The file for rows that start at `at`, one per day."""
        name = self.folder.name
        return self._partition(source_id, at) / f"{name}.parquet"

    def columns_file(self) -> Path:
        """The file without rows that a reader of the part meets first."""
        return self.folder / "date=1970-01-01" / "source=none" / "columns.parquet"

    def _partition(self, source_id: str, at: datetime) -> Path:
        return self.folder / partition(source_id, at)

    def files(self, wanted: RowFilter) -> Iterator[Path]:
        """The files in which the wanted rows can be, by date, source and hour."""
        source = safe_name(wanted.source_id) if wanted.source_id else "*"
        for path in sorted(self.folder.glob(f"date=*/source={source}/*.parquet")):
            day = path.parent.parent.name.removeprefix("date=")
            if path != self.columns_file() and _within(day, wanted):
                yield path


def partition(source_id: str, at: datetime) -> str:
    """The partition of a source's rows that start at `at`, below a part's folder."""
    return f"date={at.astimezone(UTC):%Y-%m-%d}/source={safe_name(source_id)}"


def safe_name(name: str) -> str:
    """`name`, which must be one safe part of a path; raises `ValueError` otherwise."""
    if not _SAFE.fullmatch(name):
        raise ValueError(f"expected an id of letters, digits, '_', '-' and '.', got {name!r}")
    return name


def read_file(path: Path, columns: Sequence[str] | None = None) -> Any:
    """The Arrow table in a file, or only these columns of it; raises `StoreDamaged` when it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(f"the recorded file {path} cannot be read: {error}") from error


def read_columns(path: Path) -> Any:
    """The Arrow schema of a file; raises `StoreDamaged` when it cannot be read."""
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(f"the recorded file {path} cannot be read: {error}") from error


def to_bytes(table: Any, *, is_vectors: bool = False) -> bytes:
    """The table as one Parquet file; equal tables make equal bytes. Vectors are noise: nothing to compress in them."""
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.combine_chunks(),
        sink,
        compression="NONE" if is_vectors else "zstd",
        use_dictionary=not is_vectors,
        write_statistics=not is_vectors,
    )
    return _padded(memoryview(sink.getvalue()))


def _padded(content: memoryview) -> bytes:
    """The file with zeros before its footer, which is found from the end, and counts offsets from the start."""
    footer_length = int.from_bytes(content[-_TAIL_BYTES:-4], "little") + _TAIL_BYTES
    padding = bytes(_padded_length(len(content)) - len(content))
    return b"".join((content[:-footer_length], padding, content[-footer_length:]))


def _padded_length(length: int) -> int:
    """The next of the lengths 8, 10, 12, 14, 16, 20, 24, 28, 32, 40 ... KiB."""
    octave = _LEAST_BYTES
    while octave * 2 < length:
        octave *= 2
    step = octave // 4
    return max(octave, -(-length // step) * step)


def empty_table(schema: Any) -> Any:
    """A table of these columns without rows."""
    return schema.empty_table()


def join_tables(tables: Sequence[Any], schema: Any) -> Any:
    """The tables, all of these columns, one after the other."""
    return pa.concat_tables([schema.empty_table(), *tables])


def _within(day: str, wanted: RowFilter) -> bool:
    """ISO dates compare as text."""
    if wanted.first_day and day < wanted.first_day.isoformat():
        return False
    return not (wanted.last_day and day > wanted.last_day.isoformat())
