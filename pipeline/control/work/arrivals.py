"""Footage that has come and is not a run yet, or never will be: kept so that no restart forgets or repeats it.

Arrivals(control).note(NewArrival) -> Arrival                 the same unchanged file in the same folder: what is there
Arrivals(control).waiting() / recent(since) / known(path)     reading
Arrivals(control).take(id, run) / refuse(id, problem) / dismiss(id)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.work.arrival_tables import arrivals
from pipeline.schemas import RunKey

MOST_LISTED = 200
"""Arrivals that a page or a command lists at once."""

MOST_WAITING = 10_000
"""Arrivals that are looked into before the list is asked for again."""


class Origin(StrEnum):
    """How a file came."""

    UPLOAD = "upload"
    CHOICE = "choice"  # picked below the folders of the settings
    WATCH = "watch"  # found in a watched folder


class ArrivalState(StrEnum):
    """What became of a file that came."""

    WAITING = "waiting"  # to be looked into
    TAKEN = "taken"  # there is a run for it
    KNOWN = "known"  # there was a run for it already
    REFUSED = "refused"  # it cannot be analysed; the problem says why
    SKIPPED = "skipped"  # it was there before its folder was watched


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArrival:
    """A file that has come, whole."""

    path: Path
    label: str
    """What people call it: its own name, or that of the file that was uploaded."""
    origin: Origin
    who: str
    """The user who sent it; for a watched folder the user of the operating system."""
    size: int
    """In bytes."""
    mtime_ns: int
    """When it was last written, in nanoseconds since 1970."""
    options_json: str = "{}"
    """What of the settings is otherwise for it: sections with their values, as JSON."""
    start_ts: datetime | None = None
    """When its media began, UTC; None to find out."""
    state: ArrivalState = ArrivalState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came, and what became of it."""

    arrival_id: int
    path: Path
    label: str
    origin: Origin
    who: str
    size: int
    mtime_ns: int
    options_json: str
    start_ts: datetime | None
    state: ArrivalState
    source_id: str | None
    run_id: str | None
    problem: str | None
    """Why it was refused, in words for the user."""
    created_at: datetime
    updated_at: datetime


class Arrivals:
    """The arrivals of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def note(self, new: NewArrival) -> Arrival:
        """Put a file on the list; one that is waiting there unchanged is the same arrival, also from a watched folder
        one that was dealt with."""
        with self._control.writing() as transaction:
            found = _find_same(transaction, new)
            if found is not None:
                return found
            inserted = transaction.connection.execute(insert(arrivals).values(_first_row(new)))
            return _read(transaction, inserted.inserted_primary_key[0])  # type: ignore[index] # an insert of one row

    def get(self, arrival_id: int) -> Arrival:
        """The arrival of that id."""
        with self._control.reading() as transaction:
            return _read(transaction, arrival_id)

    def waiting(self, origins: Collection[Origin] = tuple(Origin)) -> Sequence[Arrival]:
        """Those to be looked into that came so, the first first."""
        waits = arrivals.c.state == ArrivalState.WAITING.value
        came_so = arrivals.c.origin.in_([origin.value for origin in origins])
        return self._select(waits & came_so, MOST_WAITING, newest_first=False)

    def recent(self, since: datetime, limit: int = MOST_LISTED) -> Sequence[Arrival]:
        """Those that changed since then, and all that wait; the newest first."""
        changed = arrivals.c.updated_at >= since
        waits = arrivals.c.state == ArrivalState.WAITING.value
        return self._select(changed | waits, limit, newest_first=True)

    def refused(self, limit: int = MOST_LISTED) -> Sequence[Arrival]:
        """Those that cannot be analysed, the newest first."""
        return self._select(arrivals.c.state == ArrivalState.REFUSED.value, limit, newest_first=True)

    def knows(self, path: Path, size: int, mtime_ns: int) -> bool:
        """Whether this very file came before, from wherever."""
        same = _is_same(path, size, mtime_ns)
        with self._control.reading() as transaction:
            return (
                transaction.connection.execute(select(arrivals.c.arrival_id).where(same).limit(1)).first() is not None
            )

    def take(self, arrival_id: int, run: RunKey, *, is_known: bool) -> Arrival:
        """There is a run for it: a new one, or one from before."""
        state = ArrivalState.KNOWN if is_known else ArrivalState.TAKEN
        return self._change(arrival_id, state=state.value, source_id=run.source_id, run_id=run.run_id, problem=None)

    def refuse(self, arrival_id: int, problem: str) -> Arrival:
        """It cannot be analysed."""
        return self._change(arrival_id, state=ArrivalState.REFUSED.value, problem=problem)

    def dismiss(self, arrival_id: int) -> bool:
        """Forget an arrival, and say whether there was one; what was made of it stays."""
        with self._control.writing() as transaction:
            gone = delete(arrivals).where(arrivals.c.arrival_id == arrival_id)
            return transaction.connection.execute(gone).rowcount > 0

    def _change(self, arrival_id: int, **values: object) -> Arrival:
        with self._control.writing() as transaction:
            change = update(arrivals).where(arrivals.c.arrival_id == arrival_id)
            transaction.connection.execute(change.values(updated_at=datetime.now(UTC), **values))
            return _read(transaction, arrival_id)

    def _select(self, which: Any, limit: int, *, newest_first: bool) -> Sequence[Arrival]:
        order = arrivals.c.arrival_id.desc() if newest_first else arrivals.c.arrival_id
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(select(arrivals).where(which).order_by(order).limit(limit))
            return [_arrival(row) for row in rows]


def _find_same(transaction: Transaction, new: NewArrival) -> Arrival | None:
    same = _is_same(new.path, new.size, new.mtime_ns)
    if new.origin is not Origin.WATCH:
        same &= arrivals.c.state == ArrivalState.WAITING.value
    row = transaction.connection.execute(select(arrivals).where(same).limit(1)).first()
    return None if row is None else _arrival(row)


def _is_same(path: Path, size: int, mtime_ns: int) -> Any:
    return (arrivals.c.path == str(path)) & (arrivals.c.size == size) & (arrivals.c.mtime_ns == mtime_ns)


def _read(transaction: Transaction, arrival_id: int) -> Arrival:
    return _arrival(transaction.connection.execute(select(arrivals).where(arrivals.c.arrival_id == arrival_id)).one())


def _first_row(new: NewArrival) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "path": str(new.path),
        "label": new.label,
        "origin": new.origin.value,
        "who": new.who,
        "size": new.size,
        "mtime_ns": new.mtime_ns,
        "options_json": new.options_json,
        "start_ts": new.start_ts,
        "state": new.state.value,
        "created_at": now,
        "updated_at": now,
    }


def _arrival(row: Row[Any]) -> Arrival:
    return Arrival(
        arrival_id=row.arrival_id,
        path=Path(row.path),
        label=row.label,
        origin=Origin(row.origin),
        who=row.who,
        size=row.size,
        mtime_ns=row.mtime_ns,
        options_json=row.options_json,
        start_ts=row.start_ts,
        state=ArrivalState(row.state),
        source_id=row.source_id,
        run_id=row.run_id,
        problem=row.problem,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
