"""Figures that nobody counts, since they can be looked up: queues in Redis, jobs in the control database, the disk.

Only the control host can: `facetrail up`, or the aggregator's process.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.overview import read_overview
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.errors import PipelineError, TransportLost
from workers.metrics import catalogue as of
from workers.metrics.files import Level
from workers.stack.children import ChildHealth, ChildState
from workers.status import WorkersStatus, queues_of, read_status
from workers.wire.transport import Transport

DATABASE_FILES = ("facetrail.db", "facetrail.db-wal")


class SystemState:
    """Looks at the server, the control database and the disk of one data folder."""

    def __init__(self, control: Control, transport: Transport) -> None:
        self._control = control
        self._transport = transport

    def read(self) -> list[Level]:
        """All levels; of what is away, only that it is."""
        return [*self._server(), *self._database(), *disk_levels(self._control.data_dir)]

    def _server(self) -> list[Level]:
        try:
            status = read_status(self._transport, self._active())
        except TransportLost:
            return [Level(of.SERVER_UP, 0)]
        return [Level(of.SERVER_UP, 1), *status_levels(status)]

    def _active(self) -> Sequence[RunRecord]:
        """The runs that go on; none while the database is away, of which its own level tells."""
        try:
            return Runs(self._control).active()
        except PipelineError:
            return []

    def _database(self) -> list[Level]:
        try:
            seen = read_overview(self._control, datetime.now(UTC))
        except PipelineError:
            return [Level(of.DATABASE_UP, 0)]
        return [
            Level(of.DATABASE_UP, 1),
            *(Level(of.JOBS, count, {"state": state.value}) for state, count in seen.runs.items()),
            Level(of.LEASES, seen.n_leases),
            Level(of.PEOPLE, seen.n_people),
            Level(of.GALLERY_VERSION, seen.gallery_version),
        ]


def status_levels(status: WorkersStatus) -> list[Level]:
    """The server's streams; those of single sources count as one stream, `matches`, since there may be many."""
    levels: list[Level] = []
    for queue in queues_of(status.streams):
        stream = {"stream": queue.name}
        levels += [
            Level(of.STREAM_WAITING, queue.n_waiting, stream),
            Level(of.STREAM_IN_HAND, queue.n_in_hand, stream),
            Level(of.STREAM_AGE, queue.oldest_age_s, stream),
            Level(of.STREAM_WORKERS, len(queue.workers), stream),
        ]
    return [
        *levels,
        Level(of.IN_FLIGHT_CHUNKS, sum(flight.n_chunks for flight in status.flights)),
        Level(of.IN_FLIGHT_BYTES, sum(flight.n_bytes for flight in status.flights)),
        *(Level(of.FORWARDED, count, {"group": group}) for group, count in sorted(status.forwarded.items())),
    ]


def disk_levels(data_dir: Path) -> list[Level]:
    """Room on the data folder's disk, and the size of its database if that is a file there."""
    files = [data_dir / name for name in DATABASE_FILES]
    n_bytes = sum(file.stat().st_size for file in files if file.is_file())
    return [Level(of.DISK_FREE, shutil.disk_usage(data_dir).free), Level(of.DATABASE_BYTES, n_bytes)]


def process_levels(children: Iterable[ChildHealth]) -> list[Level]:
    """The processes that a supervisor looks after."""
    return [
        level
        for child in children
        for level in (
            Level(of.PROCESS_UP, child.state is ChildState.RUNNING, {"process": child.name}),
            Level(of.PROCESS_RESTARTS, child.restarts, {"process": child.name}),
        )
    ]
