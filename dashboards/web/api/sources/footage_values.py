"""Footage as the API tells it."""

from __future__ import annotations

from typing import Any

from dashboards.web.api.sources.run_values import Job, job
from dashboards.web.api.values import ApiValue, Moment
from dashboards.web.footage.views import FootageLine, OneFootage
from pipeline.sightings.rows import Clock, SourceKind, Status


class SourceValue(ApiValue):
    """A camera or a file."""

    source_id: str
    kind: SourceKind
    label: str
    """What it is called: a camera's name, a file's own name."""
    duration_s: float | None
    start_ts: Moment
    """When its media began."""
    clock: Clock
    """Who vouches for that; `mtime` is a guess."""
    created_at: Moment


class SeenPersonValue(ApiValue):
    """Somebody who is in a file."""

    person_id: str
    name: str
    status: Status
    n_sightings: int
    best_score: float | None
    presence_s: float
    first_media_s: float
    """When it was first, in seconds of the media."""


class SeenValue(ApiValue):
    """Whom a file shows."""

    people: tuple[SeenPersonValue, ...]
    n_uncertain: int
    """Sightings of somebody who may be a known person."""
    n_unnamed: int
    """Sightings of unknown people that cannot be told apart."""


class ProgressValue(ApiValue):
    """How far an analysis is."""

    part: float | None
    """Of the whole, 0 to 1; null while nobody knows how long it is."""
    media_s: float
    """Media that is in the record, in seconds."""
    times_realtime: float | None
    """Seconds of media in one second; null until that can be said."""
    remaining_s: float | None


class Footage(ApiValue):
    """A file with its latest run."""

    source_id: str
    label: str
    job: Job
    progress: ProgressValue
    seen: SeenValue
    problem: str | None
    """Why it failed, or what is missing; in words."""


class FateValue(ApiValue):
    """One thing that became of samples."""

    name: str
    """`decoded`, `gated` (unchanged), `dropped` or `failed`."""
    words: str
    n_samples: int
    part: float
    """Of all samples, 0 to 1."""


class FootageDetails(Footage):
    """A file with what became of its samples."""

    coverage: tuple[FateValue, ...]
    n_samples: int
    has_file: bool
    """Whether the file is still there, so that clips can be cut."""
    is_upload: bool
    size: int | None
    """Of the file, in bytes; null when it is not there any more."""


def footage(line: FootageLine) -> Footage:
    """A file of the list."""
    return Footage(**_values(line))


def footage_details(shown: OneFootage) -> FootageDetails:
    """A file as its own page shows it."""
    return FootageDetails(
        **_values(shown.line),
        coverage=tuple(FateValue.model_validate(fate) for fate in shown.coverage.fates),
        n_samples=shown.coverage.n_samples,
        has_file=shown.has_file,
        is_upload=shown.is_upload,
        size=shown.size,
    )


def _values(line: FootageLine) -> dict[str, Any]:
    pace = line.progress.pace
    return {
        "source_id": line.source_id,
        "label": line.run.label,
        "job": job(line.run),
        "progress": ProgressValue(
            part=line.progress.part,
            media_s=pace.media_s,
            times_realtime=pace.times_realtime,
            remaining_s=pace.remaining_s,
        ),
        "seen": SeenValue.model_validate(line.seen),
        "problem": line.problem,
    }
