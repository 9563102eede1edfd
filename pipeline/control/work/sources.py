"""Sources: every file and camera that was ever looked at, and when its media began.

    Sources(control).upsert(NewSource) -> SourceRecord     keeps the start of a source that is known already
    Sources(control).list() / get(source_id)
    Sources(control).find(text)                            by id, or by label when only one source has it

The start of a source changes through `Recorder.set_start` alone, since its rows have to move with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import runs, sources
from pipeline.errors import InputError, NotFound
from pipeline.sightings.rows import Clock, SourceKind

NAMES_SHOWN = 20
"""How many known names an error lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A file or camera about to be looked at."""

    source_id: str
    kind: SourceKind
    label: str
    path: str | None
    duration_s: float | None
    start_ts: datetime
    """When its media began, UTC."""
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A source as the control database knows it."""

    source_id: str
    kind: SourceKind
    label: str
    path: str | None
    duration_s: float | None
    start_ts: datetime
    clock: Clock
    current_run_id: str | None
    """The run whose sightings stand in the record; None until one was finished."""
    unsettled: bool
    """True while Parquet files still have to follow a change that is recorded here."""
    created_at: datetime


class Sources:
    """The sources of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def upsert(self, new: NewSource) -> SourceRecord:
        """Remember a source, or its new label, path and duration; a known source keeps its start and clock."""
        with self._control.writing() as transaction:
            changed = update(sources).where(sources.c.source_id == new.source_id)
            values = {"label": new.label, "path": new.path, "duration_s": new.duration_s}
            if transaction.connection.execute(changed.values(values)).rowcount == 0:
                transaction.connection.execute(insert(sources).values(_first_row(new)))
            return read_source(transaction, new.source_id)

    def get(self, source_id: str) -> SourceRecord:
        """The source of that id; raises `NotFound`."""
        with self._control.reading() as transaction:
            return read_source(transaction, source_id)

    def find(self, wanted: str) -> SourceRecord:
        """The source of that id or label; raises `NotFound`, or `InputError` when several have the label."""
        known = self.list()
        hits = [s for s in known if s.source_id == wanted] or [s for s in known if s.label == wanted]
        if not hits:
            raise NotFound(f"no source {wanted!r}; there are: {_listed([s.label for s in known])}")
        if len(hits) > 1:
            ids = ", ".join(source.source_id for source in hits)
            raise InputError(f"several sources are called {wanted!r}; name one by its id: {ids}")
        return hits[0]

    def list(self) -> list[SourceRecord]:
        """All sources, by start and id."""
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(select(sources).order_by(sources.c.start_ts, sources.c.source_id))
            return [_record(row) for row in rows]


def read_source(transaction: Transaction, source_id: str) -> SourceRecord:
    """The source of that id; raises `NotFound`."""
    row = transaction.connection.execute(select(sources).where(sources.c.source_id == source_id)).one_or_none()
    if row is None:
        raise NotFound(f"no source {source_id!r}")
    return _record(row)


def write_start(transaction: Transaction, source_id: str, start_ts: datetime, clock: Clock) -> None:
    """Give a source and all its runs another start, and note that the files have to follow."""
    where = sources.c.source_id == source_id
    transaction.connection.execute(
        update(sources).where(where).values(start_ts=start_ts, clock=clock.value, unsettled=True)
    )
    moved = update(runs).where(runs.c.source_id == source_id)
    transaction.connection.execute(moved.values(start_ts=start_ts, clock=clock.value))


def write_current_run(transaction: Transaction, source_id: str, run_id: str) -> None:
    """Let `run_id` be the run whose sightings stand in the record."""
    change = update(sources).where(sources.c.source_id == source_id)
    transaction.connection.execute(change.values(current_run_id=run_id))


def write_unsettled(transaction: Transaction, source_id: str) -> None:
    """Note that the files have to follow what the database says."""
    change = update(sources).where(sources.c.source_id == source_id)
    transaction.connection.execute(change.values(unsettled=True))


def write_settled(transaction: Transaction, source_id: str) -> None:
    """Note that the files agree with the database."""
    change = update(sources).where(sources.c.source_id == source_id)
    transaction.connection.execute(change.values(unsettled=False))


def _first_row(new: NewSource) -> dict[str, object]:
    return {
        "source_id": new.source_id,
        "kind": new.kind.value,
        "label": new.label,
        "path": new.path,
        "duration_s": new.duration_s,
        "start_ts": new.start_ts,
        "clock": new.clock.value,
        "current_run_id": None,
        "unsettled": False,
        "created_at": datetime.now(UTC),
    }


def _record(row: Row[Any]) -> SourceRecord:
    return SourceRecord(
        source_id=row.source_id,
        kind=SourceKind(row.kind),
        label=row.label,
        path=row.path,
        duration_s=row.duration_s,
        start_ts=row.start_ts,
        clock=Clock(row.clock),
        current_run_id=row.current_run_id,
        unsettled=row.unsettled,
        created_at=row.created_at,
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:NAMES_SHOWN]) or "none yet"
    return shown + (", ..." if len(names) > NAMES_SHOWN else "")
