"""Wishes that the past be named anew: what for, and how far each source is. Whoever owns a source carries them out.

    Relabellings(control).ask(who, gallery_version, identity_json, {source_id: run_ids}) -> request_id
    Relabellings(control).progress(request_id) -> RelabelProgress
    Relabellings(control).tasks() -> [RelabelTask]                 one for each source that waits
    Relabellings(control).advance / finish (task, ...)             how far it is, by who carries it out

A newer wish for a source takes in the older ones, and all of them are done with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pipeline.control.correcting.relabelling_tables import relabel_requests, relabel_sources
from pipeline.control.database import Control, Transaction
from pipeline.errors import NotFound

RunsOfSources = Mapping[str, Collection[str] | None]
"""Source id -> run ids; None for all of its runs."""
KEPT = timedelta(days=30)
"""How long it is known what became of a wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelabelTask:
    """A source that waits to be named anew."""

    request_id: int
    source_id: str
    gallery_version: int
    identity_json: str
    """`IdentityOptions` as JSON."""
    run_ids: frozenset[str] | None = None
    """Only these of its runs; None for all."""
    n_runs_done: int = 0
    """So many of its runs, the oldest first, are named already."""
    n_sightings: int = 0
    """Sightings of these runs."""
    n_changed: int = 0
    """Those of them that are another person's now, or have another status."""
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRelabelled:
    """How far a source is."""

    source_id: str
    n_runs: int | None
    """None before anybody has begun."""
    n_runs_done: int
    n_sightings: int
    n_changed: int
    problem: str | None
    """Why it could not be done, in words."""
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelabelProgress:
    """How far a wish is."""

    request_id: int
    gallery_version: int
    sources: tuple[SourceRelabelled, ...]

    @property
    def is_done(self) -> bool:
        """Whether every source was looked at."""
        return all(source.is_done for source in self.sources)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The sources that are not done."""
        return tuple(source.source_id for source in self.sources if not source.is_done)

    @property
    def n_changed(self) -> int:
        """Sightings that changed so far."""
        return sum(source.n_changed for source in self.sources)

    @property
    def part(self) -> float:
        """How much is done, 0 to 1; every source counts the same."""
        parts = [1.0 if source.is_done else _part(source) for source in self.sources]
        return sum(parts) / len(parts) if parts else 1.0


class Relabellings:
    """The wishes of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def ask(self, who: str, gallery_version: int, identity_json: str, wanted: RunsOfSources) -> int:
        """Wish that these sources be named anew, or some runs of them; returns the number of the wish."""
        now = datetime.now(UTC)
        request = {"made_at": now, "who": who, "gallery_version": gallery_version, "identity_json": identity_json}
        with self._control.writing() as transaction:
            _forget(transaction, now - KEPT)
            asked = insert(relabel_requests).values(request).returning(relabel_requests.c.request_id)
            request_id = int(transaction.connection.execute(asked).scalar_one())
            rows = [
                {
                    "request_id": request_id,
                    "source_id": source_id,
                    "run_ids": None if run_ids is None else json.dumps(sorted(run_ids)),
                    "n_runs_done": 0,
                    "n_sightings": 0,
                    "n_changed": 0,
                    "updated_at": now,
                }
                for source_id, run_ids in wanted.items()
            ]
            if rows:
                transaction.connection.execute(insert(relabel_sources), rows)
            return request_id

    def progress(self, request_id: int) -> RelabelProgress:
        """How far a wish is; raises `NotFound`."""
        wanted = select(relabel_requests).where(relabel_requests.c.request_id == request_id)
        of_sources = select(relabel_sources).where(relabel_sources.c.request_id == request_id)
        with self._control.reading() as transaction:
            request = transaction.connection.execute(wanted).one_or_none()
            rows = transaction.connection.execute(of_sources.order_by(relabel_sources.c.source_id)).all()
        if request is None:
            raise NotFound(f"nobody asked for relabelling {request_id}")
        sources = tuple(_source(row) for row in rows)
        return RelabelProgress(request_id=request_id, gallery_version=request.gallery_version, sources=sources)

    def tasks(self) -> list[RelabelTask]:
        """For each source that waits the newest wish, with what the older ones want besides; by source."""
        query = select(relabel_sources, relabel_requests.c.gallery_version, relabel_requests.c.identity_json)
        query = query.join(relabel_requests, relabel_requests.c.request_id == relabel_sources.c.request_id)
        query = query.where(relabel_sources.c.done_at.is_(None)).order_by(relabel_sources.c.request_id)
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query).all()
        by_source: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            by_source[row.source_id].append(row)
        return [_task(by_source[source_id]) for source_id in sorted(by_source)]

    def advance(self, task: RelabelTask, n_runs: int) -> None:
        """Note how far a source is, of so many runs; an older wish for it is as far."""
        values = {"n_runs_done": task.n_runs_done, "n_runs": n_runs, "n_changed": task.n_changed}
        self._note(task, {**values, "n_sightings": task.n_sightings})

    def finish(self, task: RelabelTask, problem: str | None = None) -> None:
        """Note that a source is done, or why it cannot be; with it all older wishes for it are done, too."""
        values = {"n_runs_done": task.n_runs_done, "n_runs": task.n_runs_done, "n_changed": task.n_changed}
        ended = {"n_sightings": task.n_sightings, "problem": problem, "done_at": datetime.now(UTC)}
        self._note(task, {**values, **ended})

    def _note(self, task: RelabelTask, values: dict[str, object]) -> None:
        upto = (relabel_sources.c.request_id <= task.request_id) & (relabel_sources.c.source_id == task.source_id)
        change = update(relabel_sources).where(upto, relabel_sources.c.done_at.is_(None))
        with self._control.writing() as transaction:
            transaction.connection.execute(change.values({**values, "updated_at": datetime.now(UTC)}))


def _forget(transaction: Transaction, made_before: datetime) -> None:
    """Drop wishes that were made before then and are done."""
    unfinished = select(relabel_sources.c.request_id).where(relabel_sources.c.done_at.is_(None))
    old = select(relabel_requests.c.request_id).where(relabel_requests.c.made_at < made_before)
    old = old.where(relabel_requests.c.request_id.not_in(unfinished))
    gone = list(transaction.connection.execute(old).scalars())
    if gone:
        transaction.connection.execute(delete(relabel_sources).where(relabel_sources.c.request_id.in_(gone)))
        transaction.connection.execute(delete(relabel_requests).where(relabel_requests.c.request_id.in_(gone)))


def _part(source: SourceRelabelled) -> float:
    return source.n_runs_done / source.n_runs if source.n_runs else 0.0


def _source(row: Row[Any]) -> SourceRelabelled:
    return SourceRelabelled(
        source_id=row.source_id,
        n_runs=row.n_runs,
        n_runs_done=row.n_runs_done,
        n_sightings=row.n_sightings,
        n_changed=row.n_changed,
        problem=row.problem,
        is_done=row.done_at is not None,
    )


def _task(rows: Sequence[Row[Any]]) -> RelabelTask:
    """What the wishes for one source, the newest last, come to."""
    newest, wanted = rows[-1], [row.run_ids for row in rows]
    run_ids = None if None in wanted else frozenset(run_id for listed in wanted for run_id in json.loads(listed))
    return RelabelTask(
        request_id=newest.request_id,
        source_id=newest.source_id,
        gallery_version=newest.gallery_version,
        identity_json=newest.identity_json,
        run_ids=run_ids,
        n_runs_done=newest.n_runs_done,
        n_sightings=newest.n_sightings,
        n_changed=newest.n_changed,
        updated_at=newest.updated_at,
    )
