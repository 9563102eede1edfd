"""Correcting when a source began, as its owner for the moment."""

from __future__ import annotations

from datetime import datetime

from pipeline.control.database import Control
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Recorder
from workers.recording.ownership import LEASE_S, owning


def set_start(control: Control, source_id: str, start_ts: datetime, *, wait_s: float = 2 * LEASE_S) -> None:
    """Let the source's media begin at `start_ts`, UTC: all its sightings move along.

    Waits up to `wait_s` seconds for its owner to end. Raises `InputError` for a camera, and while the source is being
    analysed.
    """
    with owning(control, source_id, wait_s) as lease:
        Recorder(control, Store(control.data_dir)).set_start(lease, source_id, start_ts)
