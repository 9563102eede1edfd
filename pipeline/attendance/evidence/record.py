"""What attendance needs of the record, read from its Parquet files and kept until they change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.attendance.evidence.watching import WatchedMinutes
from pipeline.attendance.rows import Visit
from pipeline.sightings.rows import Clock, Status
from pipeline.sightings.store_files import read_file

SIGHTINGS, COVERAGE = "sightings", "coverage"
FILES_KEPT = 20_000
"""Parts of files held in memory: a year of fifty sources."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file of the record as it is now; another content has another version."""

    path: Path
    source_id: str
    mtime_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class RecordedVisit:
    """A visit, with what decides whether it counts."""

    visit: Visit
    run_id: str
    clock: Clock


class AttendanceRecord:
    """The sightings of known people and the coverage of one data folder, day by day; for all threads."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._kept: OrderedDict[FileVersion, Any] = OrderedDict()
        self._lock = threading.Lock()

    def files(self, part: str, first: date, last: date) -> list[FileVersion]:
        """The files of a part for these UTC days, both included, by day and source."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [version for day in days for version in _versions(self._data_dir / part / f"date={day.isoformat()}")]

    def visits(self, files: list[FileVersion]) -> list[RecordedVisit]:
        """The sightings of known people in these files; raises `StoreDamaged`."""
        return [visit for file in files for visit in self._content(file, _read_visits)]

    def minutes(self, files: list[FileVersion]) -> list[tuple[str, WatchedMinutes]]:
        """Source id and watched minutes of each of these files; raises `StoreDamaged`."""
        return [(file.source_id, self._content(file, _read_minutes)) for file in files]

    def _content(self, file: FileVersion, read: Any) -> Any:
        with self._lock:
            if file in self._kept:
                self._kept.move_to_end(file)
                return self._kept[file]
        content = read(file.path)
        with self._lock:
            self._kept[file] = content
            while len(self._kept) > FILES_KEPT:
                self._kept.popitem(last=False)
        return content


def _versions(folder: Path) -> Iterator[FileVersion]:
    for path in sorted(folder.glob("source=*/*.parquet")):
        if path.name.startswith("."):
            continue
        found = path.stat()
        source_id = path.parent.name.removeprefix("source=")
        yield FileVersion(path, source_id, found.st_mtime_ns, found.st_size, found.st_ino)


def _read_visits(path: Path) -> tuple[RecordedVisit, ...]:
    table = read_file(path)
    columns = [table.column(name).to_pylist() for name in ("status", "person_id", "person_name", "source_id")]
    columns += [_moments(table.column(name)) for name in ("start_ts", "end_ts")]
    columns += [table.column(name).to_pylist() for name in ("presence_s", "run_id", "clock")]
    clocks = {clock.value: clock for clock in Clock}
    return tuple(
        RecordedVisit(Visit(person_id, name or person_id, source_id, start, end, presence_s), run_id, clocks[clock])
        for status, person_id, name, source_id, start, end, presence_s, run_id, clock in zip(*columns, strict=True)
        if status == Status.KNOWN.value and person_id is not None
    )


def _read_minutes(path: Path) -> WatchedMinutes:
    table = read_file(path)
    return WatchedMinutes(
        run_ids=np.array(table.column("run_id").to_pylist(), np.str_),
        start_s=_microseconds(table.column("minute_ts")) / 1e6,
        expected=_floats(table, "expected"),
        watched=_floats(table, "decoded") + _floats(table, "gated"),
    )


def _moments(column: Any) -> list[datetime]:
    return [_EPOCH + timedelta(microseconds=value) for value in _microseconds(column).tolist()]


def _microseconds(column: Any) -> NDArray[np.int64]:
    values: NDArray[np.int64] = column.to_numpy().astype("datetime64[us]").astype(np.int64)
    return values


def _floats(table: Any, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = table.column(name).to_numpy().astype(np.float64)
    return values
