"""The queue of event delivery: what waits for whom, in order, over restarts and lost servers.

    Deliveries(control).cursor()                    where in the log taking in goes on
    Deliveries(control).take_in(batch, step, route) events in, notices to their targets, in one transaction
    Deliveries(control).head(target)                what the target gets next
    Deliveries(control).finish / again / bury       what became of it
    Deliveries(control).dead() / retry()            dead letters

An event that comes twice is taken in once. Rows of what was delivered have no contents any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.control.database import Control
from pipeline.control.live.delivery_tables import deliveries, intake, taken
from pipeline.errors import MessageError
from pipeline.events.delivery.intake import IntakeState, Taken, decode_state, encode_state
from pipeline.events.delivery.notices import Notice, encode_notice, phase_of
from pipeline.events.events import SightingEvent

logger = logging.getLogger(__name__)

LOG_BEGIN = "0-0"
TAKEN_KEPT = timedelta(days=2)
"""An event is told again after a crash, which is soon or never."""
DELIVERED_KEPT = timedelta(days=2)
DEAD_KEPT = timedelta(days=30)
"""Dead letters carry pictures and names, and do not stay for ever."""

Step = Callable[[IntakeState, SightingEvent], Taken]
Route = Callable[[Notice], Iterable[str]]


class DeliveryState(StrEnum):
    """How a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of the log, in order."""

    events: Sequence[SightingEvent]
    cursor: str
    """The id of the last entry among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a target gets next."""

    seq: int
    payload: bytes
    """The notice, as `encode_notice` makes it."""
    queued_at: datetime
    tries: int
    """Attempts so far."""
    failures: int
    """Of these, those that the target answered with a failure."""
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up."""

    seq: int
    target: str
    event_id: str
    kind: str
    """new, update, end; or start, end of an alert."""
    source_id: str
    queued_at: datetime
    finished_at: datetime
    tries: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for a target."""

    target: str
    n_waiting: int
    oldest_queued_at: datetime


class Deliveries:
    """The queue of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def cursor(self) -> str:
        """The last entry of the log that was taken in."""
        with self._control.reading() as transaction:
            return transaction.connection.execute(select(intake.c.cursor)).scalar_one_or_none() or LOG_BEGIN

    def take_in(self, batch: Batch, step: Step, route: Route, now: datetime) -> int:
        """Take in those events that are new, and queue their notices; how many were new."""
        with self._control.writing() as transaction:
            connection = transaction.connection
            state, n_new = _load_state(connection), 0
            for event in batch.events:
                if _note_taken(connection, event.event_id, now):
                    after = step(state, event)
                    _queue(connection, after.notices, route, now)
                    state, n_new = after.state, n_new + 1
            _save_state(connection, state, batch.cursor)
            return n_new

    def tidy(self, step: Callable[[IntakeState], Taken], route: Route, now: datetime) -> None:
        """Let the state go on without an event, and forget what is old."""
        with self._control.writing() as transaction:
            connection = transaction.connection
            after = step(_load_state(connection))
            _queue(connection, after.notices, route, now)
            _save_state(connection, after.state, None)
            connection.execute(delete(taken).where(taken.c.taken_at < now - TAKEN_KEPT))
            for state, kept in ((DeliveryState.DELIVERED, DELIVERED_KEPT), (DeliveryState.DEAD, DEAD_KEPT)):
                is_old = (deliveries.c.state == state) & (deliveries.c.finished_at < now - kept)
                connection.execute(delete(deliveries).where(is_old))

    def head(self, target: str) -> Due | None:
        """The first of what waits for `target`, whether or not its time has come."""
        is_waiting = (deliveries.c.target == target) & (deliveries.c.state == DeliveryState.WAITING)
        with self._control.reading() as transaction:
            query = select(deliveries).where(is_waiting).order_by(deliveries.c.seq).limit(1)
            row = transaction.connection.execute(query).one_or_none()
        if row is None:
            return None
        return Due(
            seq=row.seq,
            payload=row.payload,
            queued_at=row.queued_at,
            tries=row.tries,
            failures=row.failures,
            next_at=row.next_at,
        )

    def finish(self, seq: int, now: datetime) -> None:
        """It was delivered: its contents go."""
        self._change(seq, state=DeliveryState.DELIVERED, payload=None, problem="", finished_at=now)

    def again(self, due: Due, *, failures: int, next_at: datetime, problem: str) -> None:
        """It is tried again at `next_at`, and nothing else for this target before."""
        self._change(due.seq, tries=due.tries + 1, failures=failures, next_at=next_at, problem=problem)

    def bury(self, due: Due, problem: str, now: datetime) -> None:
        """It is given up; `retry` brings it back."""
        self._change(due.seq, state=DeliveryState.DEAD, tries=due.tries + 1, problem=problem, finished_at=now)

    def dead(self, target: str | None = None) -> list[DeadLetter]:
        """The dead letters (of one target), oldest first."""
        columns = [deliveries.c[name] for name in DeadLetter.__dataclass_fields__]
        query = select(*columns).where(deliveries.c.state == DeliveryState.DEAD).order_by(deliveries.c.seq)
        if target is not None:
            query = query.where(deliveries.c.target == target)
        with self._control.reading() as transaction:
            return [DeadLetter(**row._mapping) for row in transaction.connection.execute(query)]  # noqa: SLF001 # public

    def retry(self, seqs: Iterable[int], now: datetime) -> int:
        """Let these dead letters wait for delivery anew; how many there were."""
        fresh: dict[str, Any] = {"state": DeliveryState.WAITING, "tries": 0, "failures": 0, "problem": ""}
        wanted = deliveries.c.seq.in_(list(seqs)) & (deliveries.c.state == DeliveryState.DEAD)
        with self._control.writing() as transaction:
            change = update(deliveries).where(wanted)
            values = {**fresh, "queued_at": now, "next_at": now, "finished_at": None}
            return transaction.connection.execute(change.values(values)).rowcount

    def backlog(self) -> list[Backlog]:
        """What waits, by target."""
        columns = (deliveries.c.target, func.count(), func.min(deliveries.c.seq))
        query = select(*columns).where(deliveries.c.state == DeliveryState.WAITING).group_by(deliveries.c.target)
        with self._control.reading() as transaction:
            connection = transaction.connection
            return [
                Backlog(target=target, n_waiting=count, oldest_queued_at=_queued_at(connection, first))
                for target, count, first in connection.execute(query.order_by(deliveries.c.target))
            ]

    def _change(self, seq: int, **values: Any) -> None:
        with self._control.writing() as transaction:
            transaction.connection.execute(update(deliveries).where(deliveries.c.seq == seq).values(values))


def _load_state(connection: Connection) -> IntakeState:
    data = connection.execute(select(intake.c.state)).scalar_one_or_none()
    if data is None:
        return IntakeState()
    try:
        return decode_state(data)
    except MessageError as error:  # of another version; alerts that were open then stay without their end
        logger.warning("event delivery begins anew: %s", error)
        return IntakeState()


def _save_state(connection: Connection, state: IntakeState, cursor: str | None) -> None:
    values: dict[str, Any] = {"state": encode_state(state)}
    if cursor is not None:
        values["cursor"] = cursor
    if connection.execute(update(intake).values(values)).rowcount == 0:
        connection.execute(insert(intake).values({"id": 1, "cursor": LOG_BEGIN, **values}))


def _note_taken(connection: Connection, event_id: str, now: datetime) -> bool:
    """False when the event was taken in before."""
    if connection.execute(select(taken.c.event_id).where(taken.c.event_id == event_id)).first() is not None:
        return False
    connection.execute(insert(taken).values(event_id=event_id, taken_at=now))
    return True


def _queue(connection: Connection, notices: Iterable[Notice], route: Route, now: datetime) -> None:
    for notice in notices:
        payload = encode_notice(notice)
        for target in route(notice):
            row = {
                "target": target,
                "event_id": notice.event.event_id,
                "kind": phase_of(notice),
                "source_id": notice.event.source_id,
                "payload": payload,
                "state": DeliveryState.WAITING,
                "queued_at": now,
                "tries": 0,
                "failures": 0,
                "next_at": now,
                "problem": "",
            }
            connection.execute(insert(deliveries).values(row))


def _queued_at(connection: Connection, seq: int) -> datetime:
    query = select(deliveries.c.queued_at).where(deliveries.c.seq == seq)
    queued_at: datetime = connection.execute(query).scalar_one()
    return queued_at
