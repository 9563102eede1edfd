"""A run's progress: what a commit of the aggregator stores in one transaction with its Parquet files.

All functions take the `Transaction` of `control.fenced(lease, now)` (or, to read, of `control.reading()`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from pipeline.control.database import Transaction
from pipeline.control.tables import runs, snapshots
from pipeline.control.work.run_records import ACTIVE_STATES, RunCounters, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run's fold stands."""

    next_chunk: int = 0
    """All chunks before it are in the record."""
    snapshot: bytes | None = None
    """The fold after them; None before the first commit and after the last."""
    last_minute: bytes | None = None
    """The coverage of the minute that is still going on, as the recorder encodes it."""
    counters: RunCounters = field(default_factory=RunCounters)


def load_progress(transaction: Transaction, run_id: str) -> Progress:
    """The run's progress; that of a fresh run when nothing was committed."""
    columns = (snapshots.c.snapshot, snapshots.c.last_minute)
    query = select(runs, *columns).outerjoin(snapshots, snapshots.c.run_id == runs.c.run_id)
    row = transaction.connection.execute(query.where(runs.c.run_id == run_id)).one()
    counters = RunCounters(**{name: getattr(row, name) for name in asdict(RunCounters())})
    return Progress(next_chunk=row.next_chunk, snapshot=row.snapshot, last_minute=row.last_minute, counters=counters)


def save_progress(transaction: Transaction, run_id: str, progress: Progress, now: datetime) -> None:
    """Store the progress; it counts as a sign of life. Raises `ValueError` rather than going backwards."""
    values = {"next_chunk": progress.next_chunk, "updated_at": now, "heartbeat_at": now, **asdict(progress.counters)}
    forwards = update(runs).where(runs.c.run_id == run_id, runs.c.next_chunk <= progress.next_chunk)
    if transaction.connection.execute(forwards.values(values)).rowcount == 0:
        raise ValueError(f"run {run_id}: expected progress beyond the recorded chunk, got {progress.next_chunk}")
    kept = update(snapshots).where(snapshots.c.run_id == run_id)
    transaction.connection.execute(kept.values(snapshot=progress.snapshot, last_minute=progress.last_minute))


def write_counters(transaction: Transaction, run_id: str, counters: RunCounters) -> None:
    """Set the run's counters to these, counted exactly."""
    transaction.connection.execute(update(runs).where(runs.c.run_id == run_id).values(asdict(counters)))


def finish_run(transaction: Transaction, run_id: str, state: RunState, problem: str | None, now: datetime) -> bool:
    """Complete the run; False, and no change, when it is not active any more (cancelled meanwhile)."""
    alive = update(runs).where(runs.c.run_id == run_id, runs.c.state.in_(ACTIVE_STATES))
    values = {"state": state.value, "problem": problem, "updated_at": now, "job_token": None}
    if transaction.connection.execute(alive.values(n_chunks=runs.c.next_chunk, **values)).rowcount == 0:
        return False
    emptied = update(snapshots).where(snapshots.c.run_id == run_id)
    transaction.connection.execute(emptied.values(snapshot=None, last_minute=None))
    return True


def forget_other_runs(transaction: Transaction, source_id: str, run_id: str) -> bool:
    """Let nothing of the source's other runs count any more, unless they are on their way.

    True when one of them had progress: its rows are left over, and have to go.
    """
    others = (runs.c.source_id == source_id) & (runs.c.run_id != run_id) & runs.c.state.not_in(ACTIVE_STATES)
    ids = select(runs.c.run_id).where(others)
    transaction.connection.execute(
        update(snapshots).where(snapshots.c.run_id.in_(ids)).values(snapshot=None, last_minute=None)
    )
    forgotten = update(runs).where(others, runs.c.next_chunk > 0).values(next_chunk=0)
    return transaction.connection.execute(forgotten).rowcount > 0


def recorded_run_ids(transaction: Transaction, source_id: str) -> frozenset[str]:
    """The source's runs of which something is in the record; rows of others are left over."""
    query = select(runs.c.run_id).where(runs.c.source_id == source_id, runs.c.next_chunk > 0)
    return frozenset(transaction.connection.execute(query).scalars())
