"""What is known of a run: its state, where it stands, and what it has counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.schemas import RunKey
from pipeline.sightings.rows import Clock, SourceKind


class RunState(StrEnum):
    """Where a run stands; DONE and PARTIAL are complete, and only the aggregator sets them."""

    QUEUED = "queued"
    INGESTING = "ingesting"
    DRAINING = "draining"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """True while chunks are or will be on their way."""
        return self in ACTIVE_STATES

    @property
    def is_complete(self) -> bool:
        """True when the run's sightings are in the record, whole or with gaps."""
        return self in COMPLETE_STATES


ACTIVE_STATES = frozenset({RunState.QUEUED, RunState.INGESTING, RunState.DRAINING})
COMPLETE_STATES = frozenset({RunState.DONE, RunState.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounters:
    """The funnel of a run so far: from samples to faces that can be recognised."""

    n_samples: int = 0
    n_decoded: int = 0
    n_gated: int = 0
    n_dropped: int = 0
    n_failed: int = 0
    n_faces: int = 0
    """Faces in closed tracks."""
    n_good: int = 0
    """Those of them that are good enough to know somebody by."""
    n_useful: int = 0
    """Faces that were encoded: the best few of each in a chunk."""
    n_tracks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run to be done; its source is known already."""

    run: RunKey
    options_json: str
    """`AnalysisOptions` as JSON."""
    encoder: str
    gallery_version: int
    """The gallery that will name the sightings."""
    calibration_id: int | None = None
    """The calibration that will; None for the one that ships."""
    start_ts: datetime | None = None
    """When its media began, for the run of a camera; None for that of a file, which begins with its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as the control database knows it."""

    run: RunKey
    state: RunState
    path: str | None
    label: str
    source_kind: SourceKind
    duration_s: float | None
    start_ts: datetime
    """When the run's media began, UTC."""
    clock: Clock
    options_json: str
    encoder: str
    gallery_version: int
    calibration_id: int | None = None
    """The calibration that names its sightings; None for the one that ships."""
    next_chunk: int
    """All chunks before it are in the record."""
    n_chunks: int | None
    counters: RunCounters = field(default_factory=RunCounters)
    problem: str | None
    """Why the run failed, or what is missing from it, in words for the user."""
    attempts: int
    """How often an ingest began."""
    created_at: datetime
    updated_at: datetime
    heartbeat_at: datetime | None
    """The last sign of life of ingest or aggregator."""
    job_token: str | None
    """The ingest that may go on; another token means that it was replaced."""


@dataclass(frozen=True, slots=True)
class FailedChunk:
    """A chunk that was buried."""

    number: int
    stage: str
    reason: str
