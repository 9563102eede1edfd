"""The outbox: events that became true with a commit, kept until they are told.

    write_life(transaction, source_id, run_id, state, events)    beside the fold's snapshot, in its transaction
    Outbox(control).life(run_id) -> bytes | None                 where the run's sightings stand
    Outbox(control).pending(source_ids, made_before=) -> [OutboxEntry]
    Outbox(control).remove(entries)                              they are in the stream
    Outbox(control).give_up(give_up)                             ends for runs that will have none of their own

A crash after the commit leaves events here, to be told by whoever owns the source next; one after the telling has them
told again, under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, or_, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import lives, outbox, runs
from pipeline.control.work.run_records import ACTIVE_STATES

READ_AT_ONCE = 200
"""Events taken from the outbox together; a few kB each."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One event that waits to be told."""

    number: int
    """Later events have larger ones."""
    source_id: str
    event: bytes


def write_life(
    transaction: Transaction, source_id: str, run_id: str, state: bytes | None, events: Sequence[bytes]
) -> None:
    """Store where a run's sightings stand, and what is to be told; no state is kept when none is alive.

    Nothing is stored of a run that was cancelled meanwhile: `give_up` has ended its sightings, or will.
    """
    query = select(runs.c.state).where(runs.c.run_id == run_id)
    if transaction.connection.execute(query).scalar() in ACTIVE_STATES:
        _write(transaction, source_id, run_id, state, events)


class Outbox:
    """The outbox of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def life(self, run_id: str) -> bytes | None:
        """The state of the run's sightings as of its last commit; None when nothing is told of it yet, or any more."""
        with self._control.reading() as transaction:
            return transaction.connection.execute(select(lives.c.state).where(lives.c.run_id == run_id)).scalar()

    def pending(self, source_ids: Collection[str] = (), *, made_before: datetime | None = None) -> list[OutboxEntry]:
        """The first events in order that wait: those of the sources, and those of any source that wait for long."""
        theirs = outbox.c.source_id.in_(sorted(source_ids))
        wanted = theirs if made_before is None else or_(theirs, outbox.c.made_at < made_before)
        query = select(outbox).where(wanted).order_by(outbox.c.number).limit(READ_AT_ONCE)
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query).all()
        return [OutboxEntry(row.number, row.source_id, row.event) for row in rows]

    def remove(self, entries: Sequence[OutboxEntry]) -> None:
        """These have been told."""
        if not entries:
            return
        with self._control.writing() as transaction:
            numbers = [entry.number for entry in entries]
            transaction.connection.execute(delete(outbox).where(outbox.c.number.in_(numbers)))

    def give_up(self, ends_of: Callable[[bytes], Sequence[bytes]]) -> int:
        """Let the sightings end of runs that were cancelled or failed; `ends_of` makes the events of a state.

        Returns how many runs these were.
        """
        left = select(lives.c.run_id, lives.c.state, runs.c.source_id).join(runs, runs.c.run_id == lives.c.run_id)
        stopped = left.where(runs.c.state.not_in(ACTIVE_STATES))
        with self._control.reading() as transaction:
            if not transaction.connection.execute(stopped).all():
                return 0
        with self._control.writing() as transaction:
            rows = transaction.connection.execute(stopped).all()
            for row in rows:
                _write(transaction, row.source_id, row.run_id, None, ends_of(row.state))
        return len(rows)


def _write(transaction: Transaction, source_id: str, run_id: str, state: bytes | None, events: Sequence[bytes]) -> None:
    connection = transaction.connection
    if state is None:
        connection.execute(delete(lives).where(lives.c.run_id == run_id))
    elif connection.execute(update(lives).where(lives.c.run_id == run_id).values(state=state)).rowcount == 0:
        connection.execute(insert(lives).values(run_id=run_id, state=state))
    if events:
        made_at = datetime.now(UTC)
        rows = [{"source_id": source_id, "made_at": made_at, "event": event} for event in events]
        connection.execute(insert(outbox), rows)
