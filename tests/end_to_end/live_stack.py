"""A stack with cameras for tests, and what its record and its events say afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CameraSettings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.live.camera_states import CameraStates
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.events.events import EventKind, decode_event
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import CoverageRow, SightingRow, TrackRow
from workers.event_streams import RedisEventLog
from workers.recording.ownership import LEASE_S
from workers.stack.running import RunningStack, running_stack
from workers.wire.event_log import EVENTS, FIRST

LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class LiveStack:
    """A running stack, and its data folder."""

    stack: RunningStack
    data: Path
    control: Control

    def runs(self, camera: str) -> list[RunRecord]:
        """The runs of a camera, first to last."""
        return Runs(self.control).list(source_id=camera)

    def sightings(self, camera: str) -> list[SightingRow]:
        return Store(self.data).read_sightings(RowFilter(source_id=camera))

    def tracks(self, camera: str) -> list[TrackRow]:
        return Store(self.data).read_tracks(RowFilter(source_id=camera))

    def coverage(self, camera: str) -> list[CoverageRow]:
        return Store(self.data).read_coverage(RowFilter(source_id=camera))

    def problem_of(self, camera: str) -> str:
        """Why there is no connection to a camera; empty when there is one."""
        state = CameraStates(self.control).by_name().get(camera)
        return (state.problem if state else None) or ""

    def pid_of(self, name: str) -> int:
        """The process of a child."""
        pids = {child.name: child.pid for child in self.stack.health().children}
        return pids[name] or 0

    def events(self) -> Mapping[EventKind, Counter[str]]:
        """How often each sighting was told of, by kind; an event that was told twice counts once."""
        log = RedisEventLog(self.stack.url)
        events = {
            event.event_id: event for event in map(decode_event, (e.data for e in log.read(EVENTS, FIRST, 9999, 0)))
        }
        log.close()
        return {kind: Counter(e.sighting_id for e in events.values() if e.kind is kind) for kind in EventKind}


@contextmanager
def live_stack(data: Path, cameras: Mapping[str, CameraSettings], lease_s: float = LEASE_S) -> Iterator[LiveStack]:
    """Server, workers and cameras on a data folder that has its people."""
    settings = load_settings(data=data, cameras=cameras, ingests=1, lease_s=lease_s)
    control = open_control(data)
    try:
        with running_stack(settings) as stack:
            yield LiveStack(stack, data, control)
    finally:
        control.close()


def wait_until(holds: Callable[[], object], within_s: float, what: str) -> None:
    """Wait until something holds; fails with `what` when it does not in time."""
    give_up_at, pause = time.monotonic() + within_s, threading.Event()
    while not holds():
        assert time.monotonic() < give_up_at, f"not within {within_s} s: {what}"
        pause.wait(LOOK_S)


def tracks_told_twice(sightings: Sequence[SightingRow]) -> list[str]:
    """Tracks that are in more than one sighting."""
    counts = Counter(track_id for row in sightings for track_id in row.track_ids)
    return [track_id for track_id, count in counts.items() if count > 1]
