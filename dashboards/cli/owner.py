"""Changing a source's record from the command line, as its owner for the moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.errors import LeaseLost

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control, Lease

TTL_S = 120.0
"""How long a source stays ours, in seconds: longer than it takes to write its record anew."""

PATIENCE_S = 30.0
"""How long to wait for a source that an aggregator is about to give up, in seconds."""

LOOK_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class SourceOwner:
    """Owns each source while it changes its record, so that no aggregator writes at the same time."""

    session: Session
    control: Control

    def relabel(self, source_id: str, gallery_version: int) -> int:
        """Name the source's sightings by that gallery; returns how many there are. Raises `LeaseLost`."""
        from pipeline.sightings.recording import Recorder
        from pipeline.sightings.store import Store

        with self._owning(source_id) as lease:
            recorder = Recorder(self.control, Store(self.session.data_dir))
            return recorder.refresh_sightings(lease, source_id, gallery_version)

    def set_start(self, source_id: str, start_ts: datetime) -> None:
        """Let the source's media begin at `start_ts`, UTC. Raises `LeaseLost`, and `InputError` for a camera."""
        from pipeline.sightings.recording import Recorder
        from pipeline.sightings.store import Store

        with self._owning(source_id) as lease:
            Recorder(self.control, Store(self.session.data_dir)).set_start(lease, source_id, start_ts)

    @contextmanager
    def _owning(self, source_id: str) -> Iterator[Lease]:
        from pipeline.control.leases import Leases, new_owner_name

        leases = Leases(self.control)
        lease = self._acquire(source_id, new_owner_name())
        try:
            yield lease
        finally:
            leases.release(lease, datetime.now(UTC))

    def _acquire(self, source_id: str, owner: str) -> Lease:
        from pipeline.control.leases import Leases

        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            lease = Leases(self.control).acquire(source_id, owner, datetime.now(UTC), TTL_S)
            if lease is not None:
                return lease
            time.sleep(LOOK_AGAIN_S)
        raise LeaseLost(f"source {source_id} is being worked on; `facetrail jobs` says when it is done: try again then")
