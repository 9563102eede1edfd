"""Searching a long record by face: a million tracks of ten cameras and sixty days, from the index to the sightings."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline.schemas import VectorF32
from pipeline.search.index_files import index_folder
from pipeline.search.indexing import up_to_date
from pipeline.search.searching import FaceQuery, find_alike
from pipeline.sightings.rows import EmbeddingRow, SightingRow
from pipeline.sightings.store_columns import SIGHTING_COLUMNS, embeddings_to_table, to_table
from pipeline.sightings.store_files import Part, to_bytes
from pipeline.sightings.store_merging import in_order
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
        build_s, _ = _timed(lambda: up_to_date(data_dir, ENCODER))
        yield _figure(f"index of {n_tracks:,} tracks, made from nothing", build_s, f"{CAMERAS * n_hours:,} files")
        _forget_pages(data_dir)
        cold_s, found = _timed(lambda: _search(data_dir, face))
        yield _figure(
            "search, nothing in memory", cold_s, f"{found} sightings", Bar(1.0, 0.5) if not settings.short else None
        )
        warm_s = float(np.median([_timed(lambda: _search(data_dir, face))[0] for _ in range(ROUNDS)]))
        yield _figure("search, in memory: all that a new process does", warm_s, "median of 20", Bar(1.0, 0.3))
        yield from _kept_open(data_dir, face)
        rank_s = float(
            np.median([_timed(lambda: up_to_date(data_dir, ENCODER).rank(face).best(100))[0] for _ in range(3)])
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        yield _figure(
            "of that, the files looked over and all tracks compared", rank_s, f"peak of all this {peak / 1e6:.0f} MB"
        )


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

    yield _figure(
        "search, index kept open as pages do", float(np.median([_timed(search)[0] for _ in range(ROUNDS)])), ""
    )
    path = next((data_dir / "embeddings").rglob("hour-12.parquet"))
    _write(path, path.read_bytes())
    yield _figure("index after one file changed", _timed(lambda: up_to_date(data_dir, ENCODER, known=index))[0], "")


def _forget_pages(data_dir: Path) -> None:
    """Let the system forget what it holds of the index and of the record."""
    for path in (*index_folder(data_dir, ENCODER).glob("*"), *(data_dir / "sightings").rglob("*.parquet")):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _figure(what: str, seconds: float, detail: str, bar: Bar | None = None) -> Measurement:
    return Measurement(what=f"{what}: clock", figure=seconds, unit="s", detail=detail, bar=bar)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _midnight() -> datetime:
    return START.replace(hour=0)


def _unit(vectors: VectorF32) -> VectorF32:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
