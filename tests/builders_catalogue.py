"""A record of as many sightings as wanted, written as Parquet files straight away: for tests and measurements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.sightings.record.columns import SIGHTING_COLUMNS
from pipeline.sightings.record.files import Part, to_bytes

FIRST_DAY = datetime(2026, 5, 1, tzinfo=UTC)
DAY_US, HOUR_US = 86_000_000_000, 3_600_000_000
"""Almost a day, and an hour, in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusySite:
    """How much was seen."""

    n_sightings: int
    n_days: int = 31
    n_sources: int = 20
    n_people: int = 300
    n_unknowns: int = 2000
    first_day: datetime = FIRST_DAY
    n_files: int = 0
    """Files of footage, each of an hour on one of the days, besides what cameras saw."""
    n_a_file: int = 1000
    """Sightings in each of them."""

    @property
    def days(self) -> list[datetime]:
        """Their midnights, UTC."""
        return [self.first_day + timedelta(days=day) for day in range(self.n_days)]

    @property
    def cameras(self) -> list[str]:
        """Source ids of the cameras."""
        return [f"camera_{number:02d}" for number in range(self.n_sources)]

    @property
    def files(self) -> list[tuple[str, datetime]]:
        """Source ids of the footage, with the days on which it was recorded."""
        return [(f"f_{number:016x}", self.days[number % self.n_days]) for number in range(self.n_files)]

    def run_of(self, source: str, begin: datetime) -> str:
        """The run of a source on a day."""
        return f"r_{begin:%Y%m%d}{source}"


def write_busy_site(data_dir: Path, site: BusySite, *, seed: int = 1) -> None:
    """Fill `sightings/`: cameras, people and unknown ones all over the days, by chance."""
    random = np.random.default_rng(seed)
    n = (site.n_sightings - site.n_files * site.n_a_file) // (site.n_days * site.n_sources)
    for begin in site.days:
        for source in site.cameras:
            _write(data_dir, source, begin, _table(random, site, begin, source, n))
    for source, begin in site.files:
        _write(data_dir, source, begin, _table(random, site, begin, source, site.n_a_file, is_file=True))


def _write(data_dir: Path, source: str, begin: datetime, table: Any) -> None:
    path = Part(data_dir / "sightings").day_file(source, begin)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_bytes(table))


def _table(
    random: np.random.Generator, site: BusySite, begin: datetime, source: str, n: int, *, is_file: bool = False
) -> Any:
    lasts_us = HOUR_US if is_file else DAY_US
    start = np.sort(random.integers(0, lasts_us, n)) + int(begin.timestamp()) * 1_000_000
    length = random.integers(1_000_000, 60_000_000, n)
    is_known = random.random(n) < 0.6
    is_uncertain = ~is_known & (random.random(n) < 0.1)
    people = [f"p_{number:012x}" for number in random.integers(0, site.n_people, n)]
    unknowns = [f"unknown-{number:04d}" for number in random.integers(1, site.n_unknowns + 1, n)]
    persons = [
        person if known else None if unsure else unknown
        for person, unknown, known, unsure in zip(people, unknowns, is_known, is_uncertain, strict=True)
    ]
    tracks = [f"t_{number:016x}" for number in random.integers(0, 2**62, n)]
    score = np.round(random.uniform(0.2, 0.9, n), 6)
    folder = f"thumbs/date={begin:%Y-%m-%d}/source={source}"
    values: dict[str, Any] = {
        "sighting_id": [track.replace("t_", "s_") for track in tracks],
        "person_id": persons,
        "person_name": [person and person.replace("p_", "Person ") for person in persons],
        "status": np.where(is_known, "known", np.where(is_uncertain, "uncertain", "unknown")),
        "candidate_id": people,
        "source_id": [source] * n,
        "source_kind": ["file" if is_file else "live"] * n,
        "run_id": [site.run_of(source, begin)] * n,
        "start_ts": start,
        "end_ts": start + length,
        "clock": ["argument" if is_file else "live"] * n,
        "media_start_s": (start - start[0]) / 1e6 if n else start,
        "media_end_s": (start + length - start[0]) / 1e6 if n else start,
        "presence_s": length / 1e6,
        "track_ids": [[track] for track in tracks],
        "n_faces": random.integers(1, 100, n),
        "n_frames_dropped": [0] * n,
        "best_score": score,
        "mean_score": score - 0.05,
        "second_person_id": people[::-1],
        "margin": score / 3,
        "threshold": [0.44] * n,
        "encoder": ["sface"] * n,
        "gallery_version": [3] * n,
        "thumb_ref": [f"{folder}/{track}_0.jpg" for track in tracks],
        "box_xywh": random.uniform(0.1, 0.4, (n, 4)).tolist(),
        "pipeline_version": ["1"] * n,
    }
    arrays = [_array(values[field.name], field.type) for field in SIGHTING_COLUMNS.schema]
    return pa.Table.from_arrays(arrays, schema=SIGHTING_COLUMNS.schema)


def _array(values: Any, kind: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)
