"""Runs: the truth about every job; Redis only holds the work in flight.

    Runs(control).submit(NewRun) -> RunRecord        the same run again: what is there already
    get / list / active                              reading
    mark_ingesting / heartbeat / mark_draining       the ingest's own signs of life, under its token
    fail / cancel / restart / requeue_orphans        leaving the straight way
    add_failed_chunk / failed_chunks                 what was buried

`DONE` and `PARTIAL` are set by `pipeline.control.work.progress.finish_run` inside the aggregator's commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import failed_chunks, runs, snapshots, sources
from pipeline.control.work.run_records import ACTIVE_STATES, FailedChunk, NewRun, RunCounters, RunRecord, RunState
from pipeline.errors import NotFound
from pipeline.schemas import RunKey
from pipeline.sightings.rows import Clock, SourceKind

__all__ = ["FailedChunk", "NewRun", "RunCounters", "RunRecord", "RunState", "Runs", "read_run"]


class Runs:
    """The runs of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def submit(self, new: NewRun) -> RunRecord:
        """Queue a run, or return the one that is there.

        A complete run stays as it is while its rows are the source's, and starts from the beginning when another run
        has replaced them. A failed or cancelled one is queued again, and goes on where it stopped. Its options are
        those submitted last: the ones that can differ name its tracks when its sightings are made the next time.
        Raises `NotFound` when the source is unknown.
        """
        with self._control.writing() as transaction:
            current_run_id = _current_run_id(transaction, new.run.source_id)
            found = _find_run(transaction, new.run.run_id)
            if found is None:
                transaction.connection.execute(insert(runs).values(_first_row(transaction, new)))
                transaction.connection.execute(insert(snapshots).values(run_id=new.run.run_id))
            elif found.state.is_complete and current_run_id not in {None, new.run.run_id}:
                _start_over(transaction, new.run.run_id, **_naming(new))
            elif not found.state.is_active and not found.state.is_complete:
                _queue(transaction, new.run.run_id, **_naming(new))
            change = update(runs).where(runs.c.run_id == new.run.run_id)
            transaction.connection.execute(change.values(options_json=new.options_json))
            return read_run(transaction, new.run.run_id)

    def set_options(self, run_id: str, options_json: str) -> None:
        """Let the run's tracks be named by other identity options, when its sightings are made the next time."""
        with self._control.writing() as transaction:
            change = update(runs).where(runs.c.run_id == run_id)
            transaction.connection.execute(change.values(options_json=options_json))

    def set_gallery(self, run_id: str, gallery_version: int) -> None:
        """Let the run's tracks be named by another gallery, when its sightings are made the next time."""
        with self._control.writing() as transaction:
            change = update(runs).where(runs.c.run_id == run_id)
            transaction.connection.execute(change.values(gallery_version=gallery_version))

    def get(self, run_id: str) -> RunRecord:
        """The run of that id; raises `NotFound`."""
        with self._control.reading() as transaction:
            return read_run(transaction, run_id)

    def list(self, states: Iterable[RunState] | None = None, source_id: str | None = None) -> list[RunRecord]:
        """Runs by time of creation; all of them, or those in `states` and of `source_id`."""
        query = select_runs().order_by(runs.c.created_at, runs.c.run_id)
        if states is not None:
            query = query.where(runs.c.state.in_([state.value for state in states]))
        if source_id is not None:
            query = query.where(runs.c.source_id == source_id)
        with self._control.reading() as transaction:
            return [record_of(row) for row in transaction.connection.execute(query)]

    def latest_before(self, source_id: str, start_ts: datetime) -> RunRecord | None:
        """The source's last run that began before that moment; None for its first."""
        earlier = select_runs().where(runs.c.source_id == source_id, runs.c.start_ts < start_ts)
        with self._control.reading() as transaction:
            row = transaction.connection.execute(earlier.order_by(runs.c.start_ts.desc()).limit(1)).one_or_none()
            return record_of(row) if row else None

    def active(self) -> Sequence[RunRecord]:
        """Runs with chunks on their way."""
        return self.list(ACTIVE_STATES)

    def mark_ingesting(self, run_id: str, token: str, now: datetime) -> RunRecord:
        """Let the ingest that carries `token` have the run; an older ingest is told by its next heartbeat.

        A run that is no longer active stays as it is: the caller looks at the state it gets back.
        """
        with self._control.writing() as transaction:
            claimed = update(runs).where(runs.c.run_id == run_id, runs.c.state.in_(ACTIVE_STATES))
            values = {"state": RunState.INGESTING.value, "job_token": token, "heartbeat_at": now, "updated_at": now}
            transaction.connection.execute(claimed.values(**values, attempts=runs.c.attempts + 1))
            return read_run(transaction, run_id)

    def heartbeat(self, run_id: str, token: str, now: datetime) -> bool:
        """Say that the ingest lives; False means stop: cancelled, finished, or replaced by another ingest."""
        return self._as_ingest(run_id, token, heartbeat_at=now)

    def mark_draining(self, run_id: str, token: str, n_chunks: int, now: datetime) -> bool:
        """All chunks are published; False means stop, as for `heartbeat`."""
        values = {"state": RunState.DRAINING.value, "n_chunks": n_chunks, "updated_at": now}
        return self._as_ingest(run_id, token, heartbeat_at=now, **values)

    def _as_ingest(self, run_id: str, token: str, **values: object) -> bool:
        mine = (runs.c.run_id == run_id) & (runs.c.job_token == token)
        alive = runs.c.state.in_([RunState.INGESTING.value, RunState.DRAINING.value])
        with self._control.writing() as transaction:
            return transaction.connection.execute(update(runs).where(mine, alive).values(values)).rowcount == 1

    def fail(self, run_id: str, problem: str) -> RunRecord:
        """The run cannot go on, for a reason in words for the user; a complete run stays complete."""
        return self._leave(run_id, RunState.FAILED, problem)

    def cancel(self, run_id: str) -> RunRecord:
        """Stop the run where it is; what was recorded stays, and `submit` goes on from there."""
        return self._leave(run_id, RunState.CANCELLED, None)

    def _leave(self, run_id: str, state: RunState, problem: str | None) -> RunRecord:
        with self._control.writing() as transaction:
            left = update(runs).where(runs.c.run_id == run_id, runs.c.state.in_(ACTIVE_STATES))
            values = {"state": state.value, "problem": problem, "job_token": None, "updated_at": datetime.now(UTC)}
            transaction.connection.execute(left.values(values))
            return read_run(transaction, run_id)

    def restart(self, run_id: str) -> RunRecord:
        """Queue the run from its beginning; its rows stay until the new ones take their places."""
        with self._control.writing() as transaction:
            _start_over(transaction, run_id)
            return read_run(transaction, run_id)

    def requeue(self, run_id: str) -> RunRecord:
        """Queue an active run again where it stands; its ingest, if any, is told by its next heartbeat."""
        with self._control.writing() as transaction:
            if read_run(transaction, run_id).state.is_active:
                _queue(transaction, run_id)
            return read_run(transaction, run_id)

    def requeue_orphans(self, older_than_s: float, now: datetime) -> Sequence[RunRecord]:
        """Queue again the runs of files that were being ingested or drained, and gave no sign of life for so long."""
        begun = runs.c.state.in_([RunState.INGESTING.value, RunState.DRAINING.value])
        silent = runs.c.heartbeat_at <= now - timedelta(seconds=older_than_s)
        of_files = runs.c.source_id.in_(select(sources.c.source_id).where(sources.c.kind == SourceKind.FILE.value))
        with self._control.writing() as transaction:
            query = select(runs.c.run_id).where(begun, silent, of_files)
            orphans = transaction.connection.execute(query).scalars().all()
            for run_id in orphans:
                _queue(transaction, run_id)
            return [read_run(transaction, run_id) for run_id in orphans]

    def abandoned(self, older_than_s: float, now: datetime) -> Sequence[RunRecord]:
        """The active runs of cameras of which there was no sign of life for `older_than_s`."""
        alive_since = now - timedelta(seconds=older_than_s)
        return [
            record
            for record in self.active()
            if record.source_kind is SourceKind.LIVE and (record.heartbeat_at or record.created_at) <= alive_since
        ]

    def add_failed_chunk(self, run: RunKey, number: int, stage: str, reason: str) -> None:
        """Note a buried chunk; the same one again changes nothing."""
        with self._control.writing() as transaction:
            here = (failed_chunks.c.run_id == run.run_id) & (failed_chunks.c.number == number)
            if transaction.connection.execute(select(failed_chunks.c.number).where(here)).one_or_none() is None:
                row = {"run_id": run.run_id, "number": number, "stage": stage, "reason": reason}
                transaction.connection.execute(insert(failed_chunks).values(row))

    def failed_chunks(self, run: RunKey) -> Sequence[FailedChunk]:
        """The run's buried chunks in order."""
        query = select(failed_chunks).where(failed_chunks.c.run_id == run.run_id).order_by(failed_chunks.c.number)
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query)
            return [FailedChunk(row.number, row.stage, row.reason) for row in rows]


def read_run(transaction: Transaction, run_id: str) -> RunRecord:
    """The run of that id; raises `NotFound`."""
    found = _find_run(transaction, run_id)
    if found is None:
        raise NotFound(f"no run {run_id!r}; `facetrail jobs` lists them")
    return found


def write_naming(transaction: Transaction, record: RunRecord) -> None:
    """Note which gallery and which calibration name the run's sightings."""
    change = update(runs).where(runs.c.run_id == record.run.run_id)
    transaction.connection.execute(change.values(_naming(record)))


def _find_run(transaction: Transaction, run_id: str) -> RunRecord | None:
    row = transaction.connection.execute(select_runs().where(runs.c.run_id == run_id)).one_or_none()
    return None if row is None else record_of(row)


def select_runs() -> Select[Any]:
    """The query of runs with what belongs to their sources, for `record_of`."""
    of_source = (sources.c.path, sources.c.label, sources.c.kind, sources.c.duration_s)
    return select(runs, *of_source).join(sources, sources.c.source_id == runs.c.source_id)


def _current_run_id(transaction: Transaction, source_id: str) -> str | None:
    query = select(sources.c.current_run_id).where(sources.c.source_id == source_id)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"no source {source_id!r}")
    return None if row.current_run_id is None else str(row.current_run_id)


def _naming(run: NewRun | RunRecord) -> dict[str, object]:
    """By what the run's sightings are named."""
    return {"gallery_version": run.gallery_version, "calibration_id": run.calibration_id}


def _queue(transaction: Transaction, run_id: str, **values: object) -> None:
    change = update(runs).where(runs.c.run_id == run_id)
    queued = {"state": RunState.QUEUED.value, "job_token": None, "problem": None, "updated_at": datetime.now(UTC)}
    transaction.connection.execute(change.values({**queued, **values}))


def _start_over(transaction: Transaction, run_id: str, **naming: object) -> None:
    counters = asdict(RunCounters())
    _queue(transaction, run_id, next_chunk=0, n_chunks=None, **counters, **naming)
    transaction.connection.execute(delete(failed_chunks).where(failed_chunks.c.run_id == run_id))
    transaction.connection.execute(delete(snapshots).where(snapshots.c.run_id == run_id))
    transaction.connection.execute(insert(snapshots).values(run_id=run_id))


def _first_row(transaction: Transaction, new: NewRun) -> dict[str, object]:
    query = select(sources.c.start_ts, sources.c.clock).where(sources.c.source_id == new.run.source_id)
    source = transaction.connection.execute(query).one()
    now = datetime.now(UTC)
    return {
        "run_id": new.run.run_id,
        "source_id": new.run.source_id,
        "state": RunState.QUEUED.value,
        "options_json": new.options_json,
        "encoder": new.encoder,
        **_naming(new),
        "start_ts": new.start_ts or source.start_ts,
        "clock": source.clock,
        "next_chunk": 0,
        **asdict(RunCounters()),
        "attempts": 0,
        "created_at": now,
        "updated_at": now,
    }


def record_of(row: Row[Any]) -> RunRecord:
    """The run that a row of `select_runs` holds."""
    counters = RunCounters(
        n_samples=row.n_samples,
        n_decoded=row.n_decoded,
        n_gated=row.n_gated,
        n_dropped=row.n_dropped,
        n_failed=row.n_failed,
        n_faces=row.n_faces,
        n_good=row.n_good,
        n_useful=row.n_useful,
        n_tracks=row.n_tracks,
    )
    return RunRecord(
        run=RunKey(row.source_id, row.run_id),
        state=RunState(row.state),
        path=row.path,
        label=row.label,
        source_kind=SourceKind(row.kind),
        duration_s=row.duration_s,
        start_ts=row.start_ts,
        clock=Clock(row.clock),
        options_json=row.options_json,
        encoder=row.encoder,
        gallery_version=row.gallery_version,
        calibration_id=row.calibration_id,
        next_chunk=row.next_chunk,
        n_chunks=row.n_chunks,
        counters=counters,
        problem=row.problem,
        attempts=row.attempts,
        created_at=row.created_at,
        updated_at=row.updated_at,
        heartbeat_at=row.heartbeat_at,
        job_token=row.job_token,
    )
