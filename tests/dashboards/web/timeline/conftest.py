"""A record of the sample clip, written as analysing it would: two people, their faces, and the footage they are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from dashboards.web.site import Site
from pipeline.config import load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import NewReference, People
from pipeline.control.work.runs import NewRun, Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.faces.thumbs import make_thumb
from pipeline.options import AnalysisOptions
from pipeline.sample.making import Sample
from pipeline.sample.scene import FRAME_SIZE_WH, SHOTS, Box
from pipeline.schemas import RunKey
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.record.thumbnails import stage_thumbs, thumb_ref
from pipeline.sightings.rows import Clock, SightingRow, SourceKind, Status, TrackRow
from pipeline.video.identity import footage_source_id
from tests.builders import START, make_coverage_row, make_sighting, make_track_row, make_vector
from tests.dashboards.web.conftest import NO_SERVER

STRANGER_AT_S = 5.2
"""When the stranger's face is told to be at its best: she still moves then."""


@dataclass(frozen=True, slots=True)
class SeenSample:
    """What the record says of the sample."""

    site: Site
    known: SightingRow
    stranger: SightingRow
    video: Path


@pytest.fixture(scope="module")
def seen(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeenSample]:
    """The sample in the record of a site in Berlin."""
    data_dir = tmp_path_factory.mktemp("timeline") / "data"
    video = data_dir.parent / "sample.mp4"
    video.write_bytes(sample.video.read_bytes())
    settings = load_settings(data=data_dir, time_zone="Europe/Berlin")
    control = open_control(data_dir)
    control.encoder("sface")
    run = RunKey(footage_source_id(video), "r_0123456789abcdef")
    person_id = _enrol(control)
    _register(control, run, video)
    known, stranger = _rows(run, person_id)
    _record(data_dir, video, run, [known, stranger])
    yield SeenSample(Site(settings, control, NO_SERVER), known, stranger, video)
    control.close()


def stranger_box(at_s: float) -> Box:
    """Where the stranger's face is in the sample: left, top, right, bottom in pixels."""
    box = next(layer for layer in SHOTS[1].layers if layer.person == "stranger").face_at(at_s)
    assert box is not None
    return box


def parts_of(box: Box) -> tuple[float, float, float, float]:
    """Left, top, width, height as parts of the frame."""
    width, height = FRAME_SIZE_WH
    left, top, right, bottom = box
    return left / width, top / height, (right - left) / width, (bottom - top) / height


def _enrol(control: Control) -> str:
    reference = NewReference(
        image_sha256="0" * 64, encoder="sface", embedding=make_vector(0), quality=0.9, image_suffix=""
    )
    return People(control).enrol("Barack Obama", [reference]).person_id


def _register(control: Control, run: RunKey, video: Path) -> None:
    source = {"kind": SourceKind.FILE, "label": "sample.mp4", "path": str(video), "duration_s": 17.6}
    Sources(control).upsert(NewSource(source_id=run.source_id, start_ts=START, clock=Clock.ARGUMENT, **source))
    options_json = AnalysisOptions().to_json()
    Runs(control).submit(NewRun(run=run, options_json=options_json, encoder="sface", gallery_version=1))


def _rows(run: RunKey, person_id: str) -> tuple[SightingRow, SightingRow]:
    known = make_sighting("s_0000000000000001", start=START + timedelta(seconds=3), seconds=3, run=run)
    stranger = make_sighting(
        "s_0000000000000002",
        person=None,
        status=Status.UNKNOWN,
        start=START + timedelta(seconds=4.2),
        seconds=5.2,
        run=run,
    )
    unlike = {"person_id": "unknown-0001", "person_name": "unknown-0001", "best_score": 0.21, "threshold": 0.44}
    return (
        replace(known, person_id=person_id, candidate_id=person_id, best_score=0.71, threshold=0.44),
        replace(stranger, candidate_id=person_id, **unlike),
    )


def _record(data_dir: Path, video: Path, run: RunKey, rows: list[SightingRow]) -> None:
    store = Store(data_dir)
    tracks = [_track(row, run) for row in rows]
    shown = [replace(row, thumb_ref=track.thumb_ref) for row, track in zip(rows, tracks, strict=True)]
    with store.staging() as staging:
        store.stage_tracks(staging, tracks)
        stage_thumbs(staging, data_dir, tracks[1], [_stranger_thumb(video)])
        store.stage_sightings(staging, shown, RowFilter(source_id=run.source_id))
        store.stage_coverage(staging, [make_coverage_row(expected=88, decoded=80, gated=8, run=run)])
        staging.publish()


def _track(row: SightingRow, run: RunKey) -> TrackRow:
    track = make_track_row(row.track_ids[0], start_s=row.media_start_s, end_s=row.media_end_s, run=run)
    reference = thumb_ref(run.source_id, track.start_ts, track.track_id, 0)
    return replace(track, thumb_ref=reference, box_xywh=parts_of(stranger_box(STRANGER_AT_S)))


def _stranger_thumb(video: Path) -> bytes:
    capture = cv2.VideoCapture(str(video))
    capture.set(cv2.CAP_PROP_POS_MSEC, STRANGER_AT_S * 1000)
    _, frame_bgr = capture.read()
    capture.release()
    jpeg = make_thumb(np.asarray(frame_bgr, np.uint8), np.array(stranger_box(STRANGER_AT_S), np.float32))
    assert jpeg is not None
    return jpeg
