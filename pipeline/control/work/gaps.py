"""What is missing from the record because it could not be analysed: buried chunks, by run and reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, not_, or_, select

from pipeline.control.database import Control
from pipeline.control.tables import failed_chunks, runs, sources
from pipeline.control.work.run_records import RunState
from pipeline.sightings.rows import SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Chunks of one run that were buried by one stage for one reason."""

    run_id: str
    source_id: str
    label: str
    source_kind: SourceKind
    state: RunState
    stage: str
    reason: str
    n_chunks: int
    updated_at: datetime
    """When the run last went on."""

    @property
    def can_try_again(self) -> bool:
        """Whether its media can be read once more: a camera's moments cannot."""
        return self.source_kind is SourceKind.FILE and not self.state.is_active


def find_gaps(control: Control, live_since: datetime, limit: int = 50) -> Sequence[Gap]:
    """The gaps of footage's current runs, and of cameras' runs that went on after `live_since`; the latest first.

    What a newer run has replaced is no gap any more, and what a camera missed long ago nobody can mend.
    """
    is_current = or_(sources.c.current_run_id.is_(None), sources.c.current_run_id == runs.c.run_id)
    is_recent = runs.c.updated_at >= live_since
    is_live = sources.c.kind == SourceKind.LIVE.value
    of_chunk = (failed_chunks.c.stage, failed_chunks.c.reason)
    of_run = (runs.c.run_id, runs.c.source_id, runs.c.state, runs.c.updated_at, sources.c.label, sources.c.kind)
    query = (
        select(*of_run, *of_chunk, func.count().label("n_chunks"))
        .join(runs, runs.c.run_id == failed_chunks.c.run_id)
        .join(sources, sources.c.source_id == runs.c.source_id)
        .where(or_(and_(is_live, is_recent), and_(not_(is_live), is_current)))
        .group_by(*of_run, *of_chunk)
        .order_by(runs.c.updated_at.desc(), runs.c.run_id, *of_chunk)
        .limit(limit)
    )
    with control.reading() as transaction:
        return [
            Gap(
                run_id=row.run_id,
                source_id=row.source_id,
                label=row.label,
                source_kind=SourceKind(row.kind),
                state=RunState(row.state),
                stage=row.stage,
                reason=row.reason,
                n_chunks=row.n_chunks,
                updated_at=row.updated_at,
            )
            for row in transaction.connection.execute(query)
        ]
