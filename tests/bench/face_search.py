"""Searching a long record by face: a million tracks of ten cameras and sixty days, from the index to the sightings."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline.schemas import VectorF32
from pipeline.search.index_files import index_folder
from pipeline.search.indexing import up_to_date
from pipeline.search.searching import FaceQuery, find_alike
from pipeline.sightings.record.columns import SIGHTING_COLUMNS, embeddings_to_table, to_table
from pipeline.sightings.record.files import Part, to_bytes
from pipeline.sightings.record.merging import in_order
from pipeline.sightings.rows import EmbeddingRow, SightingRow
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings
from tests.builders import START
from tests.builders_templates import DIMENSIONS, ENCODER, make_sighting_of, make_track

CAMERAS = 10
HOURS = 60 * 24
TRACKS_AN_HOUR = 70
SHORT_HOURS = 6 * 24
BEST = 5
"""Embeddings that a track keeps besides its template."""
ROUNDS = 20


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """The index made from nothing; a search with nothing in memory, and with all; one file that changed."""
    n_hours = SHORT_HOURS if settings.short else HOURS
    with TemporaryDirectory(dir=settings.folder) as temporary:
        data_dir = Path(temporary)
        face = make_record(data_dir, n_hours)
        n_tracks = CAMERAS * n_hours * TRACKS_AN_HOUR
        what = f"index of {n_tracks:,} tracks in {CAMERAS * n_hours:,} files, made from nothing"
        yield _figure(what, _timed(lambda: up_to_date(data_dir, ENCODER)))
        _forget_pages(data_dir)
        yield _figure("search, nothing in memory", _timed(lambda: _search(data_dir, face)), Bar(1.0, 0.5))
        searched = [_timed(lambda: _search(data_dir, face)) for _ in range(ROUNDS)]
        yield _figure("search as a new process does it", _median(searched), Bar(1.0, 0.5))
        yield from _kept_open(data_dir, face)


def make_record(data_dir: Path, n_hours: int) -> VectorF32:
    """Files of embeddings and of sightings for so many hours; gives the face of somebody seen forty times."""
    rng = np.random.default_rng(5)
    face: VectorF32 = _unit(rng.standard_normal((1, DIMENSIONS), dtype=np.float32))[0]
    for camera in range(CAMERAS):
        for day in range(n_hours // 24):
            sightings = [row for hour in range(24) for row in _hour(data_dir, camera, 24 * day + hour, face, rng)]
            path = Part(data_dir / "sightings").day_file(f"camera_{camera}", sightings[0].start_ts)
            _write(path, to_bytes(in_order(to_table(SIGHTING_COLUMNS, sightings), SIGHTING_COLUMNS.order)))
    return face


def _hour(data_dir: Path, camera: int, hour: int, face: VectorF32, rng: np.random.Generator) -> list[SightingRow]:
    first = (camera * HOURS + hour) * TRACKS_AN_HOUR
    source, start = f"camera_{camera}", _midnight() + timedelta(hours=hour)
    tracks = [
        make_track(first + place, source, start + timedelta(seconds=50 * place)) for place in range(TRACKS_AN_HOUR)
    ]
    vectors = _unit(rng.standard_normal((TRACKS_AN_HOUR * (1 + BEST), DIMENSIONS), dtype=np.float32))
    if hour % 36 == camera:
        vectors[0] = _unit(face[None] + 0.6 * vectors[:1])[0]
    rows = [
        EmbeddingRow(
            track_id=track.track_id,
            run_id=track.run_id,
            template=vectors[place],
            best_embeddings=vectors[TRACKS_AN_HOUR + place * BEST : TRACKS_AN_HOUR + (place + 1) * BEST],
        )
        for place, track in enumerate(tracks)
    ]
    path = Part(data_dir / "embeddings" / f"encoder={ENCODER}").hour_file(source, start)
    _write(path, to_bytes(embeddings_to_table(rows), is_vectors=True))
    return [make_sighting_of(track) for track in tracks]


def _search(data_dir: Path, face: VectorF32) -> int:
    query = FaceQuery(limit=50)
    ranking = up_to_date(data_dir, ENCODER).rank(face, query.wants_file)
    return len(find_alike(data_dir, ranking, query, lambda _row: True).alike)


def _kept_open(data_dir: Path, face: VectorF32) -> Iterator[Measurement]:
    """As the pages do it, which keep the index open; and after one file of the record changed."""
    index, query = up_to_date(data_dir, ENCODER), FaceQuery(limit=50)

    def search() -> int:
        ranking = up_to_date(data_dir, ENCODER, known=index).rank(face, query.wants_file)
        return len(find_alike(data_dir, ranking, query, lambda _row: True).alike)

    yield _figure("search with the index kept open, as pages do it", _median([_timed(search) for _ in range(ROUNDS)]))
    yield _figure(
        "of that, all tracks compared", _median([_timed(lambda: index.rank(face).best(50)) for _ in range(ROUNDS)])
    )
    path = next((data_dir / "embeddings").rglob("hour-12.parquet"))
    _write(path, path.read_bytes())
    yield _figure("index after one file changed", _timed(lambda: up_to_date(data_dir, ENCODER, known=index)))


def _forget_pages(data_dir: Path) -> None:
    """Let the system forget what it holds of the index and of the record."""
    for path in (*index_folder(data_dir, ENCODER).glob("*"), *(data_dir / "sightings").rglob("*.parquet")):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """What some work took, in seconds."""

    cpu_s: float
    clock_s: float


def _timed(work: Callable[[], object]) -> Taken:
    cpu_s, clock_s = time.process_time(), time.perf_counter()
    work()
    return Taken(time.process_time() - cpu_s, time.perf_counter() - clock_s)


def _median(taken: list[Taken]) -> Taken:
    return sorted(taken)[len(taken) // 2]


def _figure(what: str, taken: Taken, bar: Bar | None = None) -> Measurement:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    detail = f"{taken.clock_s:.3f} s by the clock; {peak / 1e6:.0f} MB at most so far"
    return Measurement(what=what, figure=taken.cpu_s, unit="CPU-s", detail=detail, bar=bar)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _midnight() -> datetime:
    return START.replace(hour=0)


def _unit(vectors: VectorF32) -> VectorF32:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
