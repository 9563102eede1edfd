"""Handing runs to the workers, and taking them back."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.control.database import Control
from pipeline.control.work.run_records import NewRun, RunRecord
from pipeline.control.work.runs import Runs
from pipeline.errors import InputError
from pipeline.sightings.rows import SourceKind
from workers.footage.jobs import JobQueue
from workers.wire.transport import Transport


def hand_over(url: str, runs: Iterable[RunRecord]) -> None:
    """Ask the workers at `url` for these runs; those that are over are left alone. Raises `TransportLost`.

    An aggregator asks for forgotten ones itself after a while, so that this only saves time.
    """
    jobs = JobQueue(url)
    waiting = jobs.waiting()
    for record in runs:
        if record.state.is_active and record.run.run_id not in waiting:
            jobs.enqueue(record.run.run_id)


def queue_again(control: Control, record: RunRecord) -> RunRecord:
    """Let a cancelled or failed run go on where it stopped, with the options it had; `hand_over` saves it a wait.

    Raises `InputError` for one that is active or complete, and for a camera's connection, which cannot be read twice.
    """
    if record.source_kind is not SourceKind.FILE:
        raise InputError(f"{record.label} is a camera; what it showed then cannot be read again")
    if record.state.is_complete or record.state.is_active:
        raise InputError(f"{record.label} is {record.state}; there is nothing to try again")
    again = NewRun(
        run=record.run,
        options_json=record.options_json,
        encoder=record.encoder,
        gallery_version=record.gallery_version,
        calibration_id=record.calibration_id,
    )
    return Runs(control).submit(again)


def cancel_run(control: Control, transport: Transport | None, run_id: str) -> RunRecord:
    """Stop a run where it is; its chunks on their way are dropped when there is a server to ask.

    What was recorded stays, and submitting it again goes on from there. Raises `NotFound`.
    """
    record = Runs(control).cancel(run_id)
    if transport is not None and not record.state.is_complete:
        transport.end_flight(run_id)
    return record
