"""Files of embeddings and sightings as a record has them, as many as wanted, without anybody having been seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from pipeline.schemas import VectorF32
from pipeline.sightings.building.building import sighting_id_for
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import PIPELINE_VERSION, Clock, EmbeddingRow, SightingRow, SourceKind, Status, TrackRow
from tests.builders import START

ENCODER = "dlib-resnet"
DIMENSIONS = 128


def make_templates(count: int, seed: int = 0) -> VectorF32:
    """`(count, 128)` float32 of unit length, in all directions."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def record_templates(
    data_dir: Path, templates: VectorF32, *, source_id: str = "door", start: datetime = START, first: int = 0
) -> list[str]:
    """Record one track and one sighting a template, a second after each other; returns the tracks' ids in order."""
    tracks = record_embeddings(data_dir, templates, source_id=source_id, start=start, first=first)
    store = Store(data_dir)
    with store.staging() as staging:
        replaced = RowFilter(source_id=source_id, first_day=start.date(), last_day=start.date())
        kept = store.read_sightings(replaced)
        store.stage_sightings(staging, [*kept, *(make_sighting_of(track) for track in tracks)], replaced)
        staging.publish()
    return [track.track_id for track in tracks]


def record_embeddings(
    data_dir: Path, templates: VectorF32, *, source_id: str = "door", start: datetime = START, first: int = 0
) -> list[TrackRow]:
    """Record the templates alone; returns the rows of their tracks, a second after each other."""
    tracks = [make_track(first + place, source_id, start + timedelta(seconds=place)) for place in range(len(templates))]
    rows = {
        track.track_id: EmbeddingRow(
            track_id=track.track_id, run_id=track.run_id, template=template, best_embeddings=template[None]
        )
        for track, template in zip(tracks, templates, strict=True)
    }
    store = Store(data_dir)
    with store.staging() as staging:
        store.stage_embeddings(staging, ENCODER, tracks, rows)
        staging.publish()
    return tracks


def make_track(number: int, source_id: str, at: datetime) -> TrackRow:
    """A track of a camera, four seconds long."""
    return TrackRow(
        track_id=f"t_{number:016x}",
        source_id=source_id,
        source_kind=SourceKind.LIVE,
        run_id=f"r_{source_id}",
        start_ts=at,
        end_ts=at + timedelta(seconds=4),
        clock=Clock.LIVE,
        media_start_s=0.0,
        media_end_s=4.0,
        n_faces=5,
        n_frames=20,
        n_frames_dropped=0,
        n_good=5,
        n_useful=5,
        best_quality=0.8,
        thumb_ref=None,
        box_xywh=(0.4, 0.4, 0.2, 0.2),
        pipeline_version=PIPELINE_VERSION,
    )


def make_sighting_of(track: TrackRow) -> SightingRow:
    """The sighting of somebody unknown that is this track."""
    return SightingRow(
        sighting_id=sighting_id_for(track.track_id),
        person_id=None,
        person_name=None,
        status=Status.UNKNOWN,
        candidate_id=None,
        source_id=track.source_id,
        source_kind=track.source_kind,
        run_id=track.run_id,
        start_ts=track.start_ts,
        end_ts=track.end_ts,
        clock=track.clock,
        media_start_s=track.media_start_s,
        media_end_s=track.media_end_s,
        presence_s=4.0,
        track_ids=(track.track_id,),
        n_faces=track.n_faces,
        n_frames_dropped=0,
        best_score=None,
        mean_score=None,
        second_person_id=None,
        margin=None,
        threshold=None,
        encoder=ENCODER,
        gallery_version=0,
        thumb_ref=None,
        box_xywh=track.box_xywh,
        pipeline_version=PIPELINE_VERSION,
    )
