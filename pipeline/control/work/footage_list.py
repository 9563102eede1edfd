"""The footage of the record, newest first and page by page: each file with its latest run.

FootageList(control).find(query, limit, after) -> FootagePage
FootageList(control).latest(source_id) / states_of(paths) / count()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Subquery, and_, func, or_, select

from pipeline.control.database import Control
from pipeline.control.tables import runs, sources
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import record_of, select_runs
from pipeline.errors import InputError
from pipeline.sightings.rows import SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageQuery:
    """Which footage is asked for; absent parts let everything pass."""

    states: frozenset[RunState] | None = None
    text: str = ""
    """A part of its name, in any case."""


@dataclass(frozen=True, slots=True)
class FootageCursor:
    """Where a page ended; the next one goes on after it, whatever comes in before."""

    created_at: datetime
    run_id: str

    def __str__(self) -> str:
        """As it stands in addresses."""
        return f"{self.created_at.isoformat()}~{self.run_id}"


@dataclass(frozen=True, slots=True)
class FootagePage:
    """Some footage, and where the next is."""

    runs: tuple[RunRecord, ...]
    """The latest run of each file."""
    after: FootageCursor | None
    """To be handed in for the next page; None at the end."""


def parse_footage_cursor(text: str) -> FootageCursor:
    """The cursor that was written so; raises `InputError` for anything else."""
    created, _, run_id = text.partition("~")
    try:
        created_at = datetime.fromisoformat(created).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"expected the address of a next page, got {text!r}") from error
    return FootageCursor(created_at, run_id)


class FootageList:
    """The footage of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def find(self, query: FootageQuery, limit: int, after: FootageCursor | None = None) -> FootagePage:
        """At most `limit` files with their latest runs, the newest runs first."""
        latest = _latest()
        found = select_runs().join(latest, _is_latest(latest)).where(*_conditions(query, after))
        found = found.order_by(runs.c.created_at.desc(), runs.c.run_id.desc()).limit(limit + 1)
        with self._control.reading() as transaction:
            records = [record_of(row) for row in transaction.connection.execute(found)]
        shown, is_more = tuple(records[:limit]), len(records) > limit
        return FootagePage(shown, FootageCursor(shown[-1].created_at, shown[-1].run.run_id) if is_more else None)

    def latest(self, source_id: str) -> RunRecord | None:
        """The latest run of a source; None when it has none."""
        found = select_runs().where(runs.c.source_id == source_id)
        with self._control.reading() as transaction:
            row = transaction.connection.execute(found.order_by(runs.c.created_at.desc()).limit(1)).one_or_none()
            return None if row is None else record_of(row)

    def states_of(self, paths: Iterable[Path]) -> Mapping[Path, RunState]:
        """The states of those of these files that are known, by their paths."""
        latest, wanted = _latest(), [str(path) for path in paths]
        query = select(sources.c.path, runs.c.state).join(sources, sources.c.source_id == runs.c.source_id)
        query = query.join(latest, _is_latest(latest)).where(sources.c.path.in_(wanted))
        with self._control.reading() as transaction:
            return {Path(path): RunState(state) for path, state in transaction.connection.execute(query)}

    def count(self) -> Mapping[RunState, int]:
        """How many files are in each state; states of none are left out."""
        latest = _latest()
        query = select(runs.c.state, func.count()).join(latest, _is_latest(latest)).group_by(runs.c.state)
        with self._control.reading() as transaction:
            return {RunState(state): int(count) for state, count in transaction.connection.execute(query)}


def _latest() -> Subquery:
    """Each file with the moment of its latest run."""
    of_files = sources.c.kind == SourceKind.FILE.value
    query = select(runs.c.source_id, func.max(runs.c.created_at).label("created_at"))
    return (
        query.join(sources, sources.c.source_id == runs.c.source_id)
        .where(of_files)
        .group_by(runs.c.source_id)
        .subquery()
    )


def _is_latest(latest: Subquery) -> Any:
    return and_(latest.c.source_id == runs.c.source_id, latest.c.created_at == runs.c.created_at)


def _conditions(query: FootageQuery, after: FootageCursor | None) -> list[Any]:
    conditions: list[Any] = []
    if query.states is not None:
        conditions.append(runs.c.state.in_([state.value for state in query.states]))
    if query.text:
        conditions.append(func.lower(sources.c.label).contains(query.text.lower(), autoescape=True))
    if after is not None:
        is_older = runs.c.created_at < after.created_at
        is_next = and_(runs.c.created_at == after.created_at, runs.c.run_id < after.run_id)
        conditions.append(or_(is_older, is_next))
    return conditions
