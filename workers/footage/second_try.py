"""Another try for footage that was not analysed, or not all of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.errors import InputError, NotFound, TransportLost
from pipeline.sightings.rows import SourceKind
from workers.footage.submission import hand_over, queue_again


def analyse_again(control: Control, url: str, run_id: str) -> RunRecord:
    """Let a failed or cancelled run go on where it stopped, and one with gaps begin anew; gives it as it is then.

    Its rows stay until the new ones take their places. When no server answers it waits for one. Raises `NotFound` for
    a run that is not there or whose file is gone, and `InputError` for one that cannot be done again.
    """
    record = Runs(control).get(run_id)
    _check(record)
    queued = Runs(control).restart(run_id) if record.state is RunState.PARTIAL else queue_again(control, record)
    with contextlib.suppress(TransportLost):  # an aggregator asks for it once there is a server
        hand_over(url, [queued])
    return queued


def _check(record: RunRecord) -> None:
    if record.source_kind is SourceKind.LIVE:
        raise InputError(f"{record.label} is a camera: what it saw then cannot be looked at again")
    if record.path is None or not Path(record.path).is_file():
        raise NotFound(f"the file of {record.label} is not at {record.path} any more; submit it from where it is now")
