"""Builders of values for tests: each takes what matters to the test and fills in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from pipeline.identity.decision import DecisionPolicy
from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import ChunkFailed, Face, FaceChunk, FaceQuality, RunKey, Sample, SampleState, VectorF32
from pipeline.sightings.rows import (
    Clock,
    ClosedTrack,
    CoverageRow,
    EmbeddingRow,
    SightingRow,
    SourceKind,
    Status,
    TrackRow,
)

RUN = RunKey("f_0123456789abcdef", "r_0123456789abcdef")
FRAME_SIZE_WH = (1280, 720)
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""The wall clock at the start of every built run."""
BOX = (0.25, 0.25, 0.1, 0.2)


def make_vector(person: int, *, cosine: float = 1.0, dimensions: int = 128) -> VectorF32:
    """`(D,)` float32 of unit length: looks of `person`, at `cosine` from that person's plain look."""
    vector = np.zeros(dimensions, np.float32)
    vector[person] = cosine
    vector[-1 - person] = np.sqrt(1 - cosine**2)
    return vector


def make_box(left: float = 100, top: float = 100, size: float = 80) -> VectorF32:
    """A square box, `(4,)` float32 pixels."""
    return np.array([left, top, left + size, top + size], np.float32)


def make_quality(overall: float = 0.8) -> FaceQuality:
    return FaceQuality(size=overall, sharpness=overall, pose=overall, light=overall, overall=overall)


def make_face(
    *,
    sample_index: int = 0,
    box_xyxy: VectorF32 | None = None,
    score: float = 0.99,
    quality: float = 0.8,
    embedding: VectorF32 | None = None,
    thumb_jpeg: bytes | None = None,
) -> Face:
    box = make_box() if box_xyxy is None else box_xyxy
    parts = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)
    return Face(
        sample_index=sample_index,
        box_xyxy=box,
        landmarks_xy=(box[:2] + parts * (box[2:] - box[:2])).astype(np.float32),
        score=score,
        quality=make_quality(quality),
        thumb_jpeg=thumb_jpeg,
        embedding=embedding,
    )


def make_sample(
    index: int = 0,
    *,
    media_s: float | None = None,
    state: SampleState = SampleState.DECODED,
    starts_shot: bool = False,
    fps: float = 5.0,
) -> Sample:
    return Sample(index, index / fps if media_s is None else media_s, state, starts_shot)


def make_face_chunk(
    number: int = 0, *, samples: Sequence[Sample] = (), faces: Sequence[Face] = (), run: RunKey = RUN
) -> FaceChunk:
    return FaceChunk(run, number, tuple(samples), FRAME_SIZE_WH, tuple(faces))


def make_chunk_failed(number: int = 0, *, samples: Sequence[Sample] = (), run: RunKey = RUN) -> ChunkFailed:
    return ChunkFailed(run, number, tuple(samples), stage="detector", reason="the detector refused it three times")


def make_closed_track(
    track_id: str = "t_0000000000000001",
    *,
    media_start_s: float = 0.0,
    media_end_s: float = 4.0,
    n_useful: int = 5,
    template: VectorF32 | None = None,
    thumbs_jpeg: tuple[bytes, ...] = (),
) -> ClosedTrack:
    """A closed track of person 0, unless a template is given; without useful faces it has none."""
    looks = None if n_useful == 0 else make_vector(0) if template is None else template
    return ClosedTrack(
        track_id=track_id,
        media_start_s=media_start_s,
        media_end_s=media_end_s,
        n_faces=max(n_useful, 1),
        n_frames=max(n_useful, 1),
        n_frames_dropped=0,
        n_good=max(n_useful, 1),
        n_useful=n_useful,
        best_quality=0.8,
        box_xywh=BOX,
        template=looks,
        best_embeddings=np.zeros((0, 0), np.float32) if looks is None else looks[None],
        thumbs_jpeg=thumbs_jpeg,
    )


def make_track_row(
    track_id: str = "t_0000000000000001",
    *,
    start_s: float = 0.0,
    end_s: float = 4.0,
    n_useful: int = 5,
    best_quality: float = 0.8,
    box_xywh: tuple[float, float, float, float] = BOX,
    run: RunKey = RUN,
) -> TrackRow:
    return TrackRow(
        track_id=track_id,
        source_id=run.source_id,
        source_kind=SourceKind.FILE,
        run_id=run.run_id,
        start_ts=START + timedelta(seconds=start_s),
        end_ts=START + timedelta(seconds=end_s),
        clock=Clock.ARGUMENT,
        media_start_s=start_s,
        media_end_s=end_s,
        n_faces=max(n_useful, 1),
        n_frames=max(n_useful, 1),
        n_frames_dropped=0,
        n_good=max(n_useful, 1),
        n_useful=n_useful,
        best_quality=best_quality,
        thumb_ref=f"thumbs/date=2026-03-02/source={run.source_id}/{track_id}_1.jpg",
        box_xywh=box_xywh,
        pipeline_version="1",
    )


def make_embedding_row(track_id: str = "t_0000000000000001", *, template: VectorF32 | None = None) -> EmbeddingRow:
    """What a track of person 0 looks like, unless a template is given."""
    looks = make_vector(0) if template is None else template
    return EmbeddingRow(track_id=track_id, run_id=RUN.run_id, template=looks, best_embeddings=looks[None])


def make_sighting(
    sighting_id: str = "s_0000000000000001",
    *,
    person: str | None = "Ada",
    status: Status = Status.KNOWN,
    start: datetime = START,
    seconds: float = 4.0,
    presence_s: float | None = None,
    clock: Clock = Clock.ARGUMENT,
    run: RunKey = RUN,
) -> SightingRow:
    return SightingRow(
        sighting_id=sighting_id,
        person_id=None if person is None else f"p_{person.lower()}",
        person_name=person,
        status=status,
        candidate_id=None,
        source_id=run.source_id,
        source_kind=SourceKind.FILE,
        run_id=run.run_id,
        start_ts=start,
        end_ts=start + timedelta(seconds=seconds),
        clock=clock,
        media_start_s=(start - START).total_seconds(),
        media_end_s=(start - START).total_seconds() + seconds,
        presence_s=seconds if presence_s is None else presence_s,
        track_ids=("t_" + sighting_id[2:],),
        n_faces=5,
        n_frames_dropped=0,
        best_score=0.96,
        mean_score=0.95,
        second_person_id=None,
        margin=None,
        threshold=0.93,
        encoder="dlib-resnet",
        gallery_version=1,
        thumb_ref=None,
        box_xywh=BOX,
        pipeline_version="1",
    )


def make_coverage_row(
    minute: int = 0, *, expected: int = 300, decoded: int = 300, gated: int = 0, failed: int = 0, run: RunKey = RUN
) -> CoverageRow:
    return CoverageRow(
        source_id=run.source_id,
        run_id=run.run_id,
        minute=minute,
        minute_ts=START + timedelta(minutes=minute),
        expected=expected,
        decoded=decoded,
        gated=gated,
        dropped=expected - decoded - gated - failed,
        failed=failed,
        camera_down_s=0.0,
    )


def make_gallery(*names: str, encoder: str = "dlib-resnet", version: int = 1) -> Gallery:
    """A gallery in which person n has one reference: the plain look of `make_vector(n)`."""
    references = (
        np.stack([make_vector(place) for place in range(len(names))]) if names else np.empty((0, 128), np.float32)
    )
    ids = tuple(f"p_{name.lower()}" for name in names)
    return Gallery(version, encoder, ids, tuple(names), references, np.arange(len(names)))


def make_policy(
    *, threshold: float = 0.9, uncertain_threshold: float = 0.8, margin: float = 0.05, min_faces: int = 2
) -> DecisionPolicy:
    return DecisionPolicy(
        threshold=threshold,
        uncertain_threshold=uncertain_threshold,
        margin=margin,
        min_faces=min_faces,
        same_face_cosine=0.8,
        source="made up for a test",
    )
