"""Runs as the API tells them: one pass over a file or a camera."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dashboards.web.api.values import ApiValue, Moment
from pipeline.control.work.footage_list import FootageCursor
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.sightings.rows import Clock, SourceKind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RUN_CURSOR = r"^(\d{1,16}~[A-Za-z0-9_-]{1,100})?$"
"""Where a page of runs ended: microseconds since 1970, and an id; empty for the first page."""


class RunCounts(ApiValue):
    """From samples to faces that can be recognised."""

    n_samples: int
    n_decoded: int
    n_gated: int
    """Unchanged, so not searched again."""
    n_dropped: int
    n_failed: int
    n_faces: int
    n_tracks: int


class Job(ApiValue):
    """One pass over a source."""

    run_id: str
    source_id: str
    label: str
    source_kind: SourceKind
    state: RunState
    """`partial` is done with gaps."""
    start: Moment
    """When the media began."""
    clock: Clock
    """Who vouches for that; `mtime` is a guess."""
    duration_s: float | None
    """Length of the media; null when nobody knows."""
    encoder: str
    gallery_version: int
    counters: RunCounts
    problem: str | None
    """Why it failed, or what is missing."""
    attempts: int
    """How often reading began."""
    created_at: Moment
    updated_at: Moment


def job(run: RunRecord) -> Job:
    """A run as the API tells it; its path stays here."""
    return Job(
        run_id=run.run.run_id,
        source_id=run.run.source_id,
        label=run.label,
        source_kind=run.source_kind,
        state=run.state,
        start=run.start_ts,
        clock=run.clock,
        duration_s=run.duration_s,
        encoder=run.encoder,
        gallery_version=run.gallery_version,
        counters=RunCounts.model_validate(run.counters),
        problem=run.problem,
        attempts=run.attempts,
        created_at=run.created_at,
        updated_at=run.updated_at,
    )


def run_cursor(cursor: FootageCursor) -> str:
    """A cursor as it is written in addresses."""
    return f"{(cursor.created_at - EPOCH) // timedelta(microseconds=1)}~{cursor.run_id}"


def parse_run_cursor(text: str) -> FootageCursor | None:
    """The cursor that fits `RUN_CURSOR`; None for the first page."""
    created_us, _, run_id = text.partition("~")
    return FootageCursor(EPOCH + timedelta(microseconds=int(created_us)), run_id) if text else None
