"""What attendance needs of the record, read from its Parquet files and kept until they change."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.attendance.evidence.watching import Watch, WatchedMinutes, WatchedSource
from pipeline.attendance.rows import Visit
from pipeline.sightings.record.files import read_file
from pipeline.sightings.rows import Clock, Status

SIGHTINGS, COVERAGE = "sightings", "coverage"
FILES_KEPT = 20_000
"""Files of each part held in memory: a year of fifty sources."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WATCHED_COLUMNS = ("run_id", "minute_ts", "expected", "decoded", "gated")
_SEEN_COLUMNS = (
    "status", "person_id", "person_name", "source_id", "presence_s", "run_id", "clock", "start_ts", "end_ts"
)  # fmt: skip

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file of the record as it is now; another content has another version."""

    path: str
    source_id: str
    mtime_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class RecordedPerson:
    """One person's sightings in one file, by one run."""

    visits: tuple[Visit, ...]
    latest: datetime
    """When the last of them ended."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """The sightings of known people in one file, by one run over a source, with what decides whether they count."""

    source_id: str
    run_id: str
    clock: Clock
    people: Mapping[str, RecordedPerson]
    """By id."""


class AttendanceRecord:
    """The sightings of known people and the coverage of one data folder, day by day; for all threads."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._seen = _KeptFiles(_read_runs)
        self._watched = _KeptFiles(_read_minutes)

    def files(self, part: str, day: date) -> tuple[FileVersion, ...]:
        """The files of a part for one UTC day, by source."""
        return tuple(_versions(self._data_dir / part / f"date={day.isoformat()}", f"{part}.parquet"))

    def runs(self, files: Iterable[FileVersion]) -> list[RecordedRun]:
        """The sightings of known people in these files, run by run; raises `StoreDamaged`."""
        return [run for file in files for run in self._seen.content(file)]

    def minutes(self, files: Iterable[FileVersion]) -> list[tuple[str, WatchedMinutes]]:
        """Source id and watched minutes of each of these files; raises `StoreDamaged`."""
        return [(file.source_id, self._watched.content(file)) for file in files]

    def last_watched(self, source_ids: Iterable[str]) -> dict[str, datetime]:
        """The end of the last minute recorded of each source, on whichever day; those without any are left out."""
        days = sorted((self._data_dir / COVERAGE).glob("date=*"), reverse=True)
        ends = {source_id: self._last_end(source_id, days) for source_id in source_ids}
        return {source_id: end for source_id, end in ends.items() if end is not None}

    def _last_end(self, source_id: str, newest_first: Iterable[Path]) -> datetime | None:
        for folder in newest_first:
            file = _version(folder / f"source={source_id}", f"{COVERAGE}.parquet")
            end = None if file is None else Watch("", [WatchedSource(self._watched.content(file))]).latest
            if end is not None:
                return end
        return None


class _KeptFiles(Generic[Content]):
    """What was read of files, the version that was read last of each."""

    def __init__(self, read: Callable[[Path], Content]) -> None:
        self._read = read
        self._kept: OrderedDict[str, tuple[FileVersion, Content]] = OrderedDict()
        self._lock = threading.Lock()

    def content(self, file: FileVersion) -> Content:
        """What is in the file."""
        with self._lock:
            kept = self._kept.get(file.path)
            if kept is not None and kept[0] == file:
                self._kept.move_to_end(file.path)
                return kept[1]
        content = self._read(Path(file.path))
        with self._lock:
            self._kept[file.path] = (file, content)
            self._kept.move_to_end(file.path)
            while len(self._kept) > FILES_KEPT:
                self._kept.popitem(last=False)
        return content


def _versions(folder: Path, name: str) -> Iterable[FileVersion]:
    for partition in sorted(folder.glob("source=*")):
        found = _version(partition, name)
        if found is not None:
            yield found


def _version(partition: Path, name: str) -> FileVersion | None:
    path = partition / name
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    source_id = partition.name.removeprefix("source=")
    return FileVersion(str(path), source_id, found.st_mtime_ns, found.st_size, found.st_ino)


def _read_runs(path: Path) -> tuple[RecordedRun, ...]:
    table = _known(read_file(path, _SEEN_COLUMNS))
    columns = [table.column(name).to_pylist() for name in _SEEN_COLUMNS[1:-2]]
    columns += [_moments(table.column(name)) for name in _SEEN_COLUMNS[-2:]]
    runs: dict[tuple[str, str, str], dict[str, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for person_id, name, source_id, presence_s, run_id, clock, start, end in zip(*columns, strict=True):
        visit = Visit(person_id, name or person_id, source_id, start, end, presence_s)
        runs[source_id, run_id, clock][person_id].append(visit)
    return tuple(
        RecordedRun(source_id, run_id, Clock(clock), {person: _recorded(visits) for person, visits in people.items()})
        for (source_id, run_id, clock), people in runs.items()
    )


def _known(table: Any) -> Any:
    """The rows of people who are known, which may be few."""
    known, columns = Status.KNOWN.value, (table.column(name).to_pylist() for name in ("status", "person_id"))
    is_known = [status == known and person is not None for status, person in zip(*columns, strict=True)]
    return table.take(np.flatnonzero(np.array(is_known, bool)))


def _recorded(visits: list[Visit]) -> RecordedPerson:
    return RecordedPerson(tuple(visits), max(map(attrgetter("end_ts"), visits)))


def _read_minutes(path: Path) -> WatchedMinutes:
    table = read_file(path, _WATCHED_COLUMNS)
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
