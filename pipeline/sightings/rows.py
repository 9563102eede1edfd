"""The rows at rest: what stands in `tracks/`, `embeddings/`, `sightings/` and `coverage/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from pipeline.schemas import STATE_OF_REASON, LeftOut, VectorF32, check_array

PIPELINE_VERSION = "1"
"""Raised whenever a change alters what a run finds; part of every run's id."""


class SourceKind(StrEnum):
    """Where frames come from."""

    FILE = "file"
    LIVE = "live"


class Clock(StrEnum):
    """Who vouches for a source's wall-clock start."""

    LIVE = "live"
    ARGUMENT = "argument"
    METADATA = "metadata"
    FILENAME = "filename"
    MTIME = "mtime"


class Status(StrEnum):
    """How sure an identity is."""

    KNOWN = "known"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class ClosedTrack:
    """A finished track in media time, as the fold hands it over for recording."""

    track_id: str
    media_start_s: float
    media_end_s: float
    """Exact presentation times of the first and last sample in which the face was seen."""
    n_faces: int
    """Samples in which the face was found."""
    n_frames: int
    """Samples from first to last, gated ones included: those in which the face was present."""
    n_frames_dropped: int
    """Samples from first to last that nobody could look at: dropped, or failed. Not part of `n_frames`."""
    n_good: int
    """Faces good enough to know somebody by."""
    n_useful: int
    """Faces that were encoded: those that carry evidence of who it is."""
    best_quality: float
    box_xywh: tuple[float, float, float, float]
    """The best face's box: left, top, width, height as parts of the frame, 0..1."""
    template: VectorF32 | None
    """`(D,)` float32 of unit length, the quality-weighted mean embedding; None without a useful face."""
    best_embeddings: VectorF32
    """`(k, D)` float32 of unit length, k <= 5, best quality first."""
    thumbs_jpeg: tuple[bytes, ...]
    """Up to three loose crops, best first."""

    def __post_init__(self) -> None:
        check_array("best_embeddings", self.best_embeddings, (None, None), np.float32)
        if self.template is not None:
            check_array("template", self.template, (None,), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """One row of `tracks/`."""

    track_id: str
    source_id: str
    source_kind: SourceKind
    run_id: str
    start_ts: datetime
    end_ts: datetime
    clock: Clock
    media_start_s: float
    media_end_s: float
    n_faces: int
    n_frames: int
    n_frames_dropped: int
    n_good: int
    n_useful: int
    best_quality: float
    thumb_ref: str | None
    """Path of the best thumbnail below the data folder, with forward slashes."""
    box_xywh: tuple[float, float, float, float]
    pipeline_version: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EmbeddingRow:
    """One row of `embeddings/`: what a track looks like to one encoder."""

    track_id: str
    run_id: str
    template: VectorF32
    best_embeddings: VectorF32


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingRow:
    """One row of `sightings/`; the names of the fields are the names of the columns, which others read."""

    sighting_id: str
    person_id: str | None
    """A person's id, or `unknown-0001`; None while UNCERTAIN, or while the run of an unknown goes on."""
    person_name: str | None
    status: Status
    candidate_id: str | None
    """The best person of the gallery, whatever the status; None without a gallery."""
    source_id: str
    source_kind: SourceKind
    run_id: str
    start_ts: datetime
    end_ts: datetime
    clock: Clock
    """Who vouches for `start_ts` and `end_ts`; reports refuse `mtime`."""
    media_start_s: float
    media_end_s: float
    presence_s: float
    """Length of the union of the tracks' intervals, in seconds."""
    track_ids: tuple[str, ...]
    n_faces: int
    n_frames_dropped: int
    best_score: float | None
    mean_score: float | None
    second_person_id: str | None
    margin: float | None
    threshold: float | None
    encoder: str
    gallery_version: int
    thumb_ref: str | None
    box_xywh: tuple[float, float, float, float]
    pipeline_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One minute of media of one run: what became of its samples."""

    source_id: str
    run_id: str
    minute: int
    """Minutes since the start of the media."""
    minute_ts: datetime
    expected: int
    decoded: int
    gated: int
    dropped: int
    failed: int
    camera_down_s: float
    dropped_slowed: int | None = 0
    """This and what follows: how many of those for which reason, see `LeftOut`; None where an older Facetrail wrote
    the row and kept no reasons."""
    dropped_behind: int | None = 0
    dropped_no_credit: int | None = 0
    dropped_late: int | None = 0
    dropped_lost: int | None = 0
    failed_silent: int | None = 0
    failed_damaged: int | None = 0
    failed_buried: int | None = 0


def reason_column(reason: LeftOut) -> str:
    """The column of `coverage/` that counts the samples left out for this reason."""
    return f"{STATE_OF_REASON[reason].value}_{reason.value}"
