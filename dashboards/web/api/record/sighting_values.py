"""Sightings as the API tells them."""

from __future__ import annotations

from typing import Any

from dashboards.web.api.values import ApiValue, Moment
from dashboards.web.timeline.asking import TimelineWords
from dashboards.web.timeline.evidence import SightingEvidence
from pipeline.sightings.rows import Clock, SightingRow, SourceKind, Status


class Sighting(ApiValue):
    """One visit of one person at one source."""

    sighting_id: str
    status: Status
    """How sure it is who it is."""
    person_id: str | None
    """Of a person, or `unknown-0001`; null while it is uncertain, or the run of an unknown goes on."""
    name: str | None
    """What the person is called today; null for somebody unknown."""
    candidate_id: str | None
    """Whom the face is most like, whatever the status."""
    source_id: str
    source_label: str
    source_kind: SourceKind
    run_id: str
    start: Moment
    end: Moment
    clock: Clock
    """Who vouches for these times; `mtime` is a guess."""
    media_start_s: float
    """Where it is in the media, in seconds."""
    media_end_s: float
    presence_s: float
    """How long the face was in view, in seconds."""
    best_score: float | None
    """The likeness to the candidate, as cosine similarity; null without a face that could be compared."""
    threshold: float | None
    """From which score on somebody is known."""
    margin: float | None
    """Lead over the second person; null without one."""
    n_faces: int
    face: str | None
    """Where the best face is; null without one."""


class Around(ApiValue):
    """What became of the samples within a minute around a sighting."""

    expected: int
    decoded: int
    unchanged: int
    """The picture was the same as before."""
    dropped: int
    failed: int
    camera_down_s: float


class SightingDetails(Sighting):
    """A sighting with what it rests on."""

    reasons: tuple[str, ...]
    """Why its status is what it is, in sentences."""
    candidate_name: str | None
    second_person_id: str | None
    second_name: str | None
    mean_score: float | None
    encoder: str
    gallery_version: int
    track_ids: tuple[str, ...]
    faces: tuple[str, ...]
    """Where the faces are, the best first."""
    box_xywh: tuple[float, float, float, float]
    """The best face's box: left, top, width, height as parts of the picture, 0 to 1."""
    coverage: Around | None
    """Null when nothing is recorded of it."""
    footage_problem: str | None
    """Why there can be no clip; null when the footage seems to be there."""


def sighting(row: SightingRow, words: TimelineWords) -> Sighting:
    """A sighting, with what people and sources are called today."""
    return Sighting(**_values(row, words))


def sighting_details(found: SightingEvidence, words: TimelineWords) -> SightingDetails:
    """A sighting with its evidence."""
    row = found.row
    return SightingDetails(
        **_values(row, words),
        reasons=found.reasons,
        candidate_name=found.candidate_name,
        second_person_id=row.second_person_id,
        second_name=found.second_name,
        mean_score=row.mean_score,
        encoder=row.encoder,
        gallery_version=row.gallery_version,
        track_ids=row.track_ids,
        faces=tuple(_face(row, number) for number in range(len(found.faces))),
        box_xywh=row.box_xywh,
        coverage=None if found.coverage is None else Around.model_validate(found.coverage),
        footage_problem=found.footage_problem,
    )


def _values(row: SightingRow, words: TimelineWords) -> dict[str, Any]:
    return {
        "sighting_id": row.sighting_id,
        "status": row.status,
        "person_id": row.person_id,
        "name": words.people.get(row.person_id or "", row.person_name),
        "candidate_id": row.candidate_id,
        "source_id": row.source_id,
        "source_label": words.sources.get(row.source_id, row.source_id),
        "source_kind": row.source_kind,
        "run_id": row.run_id,
        "start": row.start_ts,
        "end": row.end_ts,
        "clock": row.clock,
        "media_start_s": row.media_start_s,
        "media_end_s": row.media_end_s,
        "presence_s": row.presence_s,
        "best_score": row.best_score,
        "threshold": row.threshold,
        "margin": row.margin,
        "n_faces": row.n_faces,
        "face": _face(row, 0) if row.thumb_ref else None,
    }


def _face(row: SightingRow, number: int) -> str:
    return f"/api/v1/sightings/{row.sighting_id}/faces/{number}"
