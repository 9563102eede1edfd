"""Which sightings given tracks are part of, without reading the whole record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sightings.record.columns import SIGHTING_COLUMNS, to_rows
from pipeline.sightings.record.files import Part, read_file
from pipeline.sightings.record.merging import with_schema
from pipeline.sightings.rows import SightingRow

LONGEST_SIGHTING_DAYS = 1
"""A sighting lies with the day on which it began, which may be so many days before that of one of its tracks."""


@dataclass(frozen=True, slots=True)
class TrackPlace:
    """Where a track is recorded."""

    track_id: str
    source_id: str
    day: date
    """The UTC date on which it began."""


def sightings_of_tracks(data_dir: Path, places: Iterable[TrackPlace]) -> dict[str, SightingRow]:
    """Track id -> the sighting that it is part of; a track that is part of none is left out.

    Reads only the files of the tracks' days, and of the days before for those that are not found there. Raises
    `StoreDamaged` for a file that cannot be read.
    """
    found: dict[str, SightingRow] = {}
    missing = list(places)
    for days_before in range(LONGEST_SIGHTING_DAYS + 1):
        for path, track_ids in _by_file(data_dir, missing, days_before).items():
            found |= _sightings_in(path, track_ids)
        missing = [place for place in missing if place.track_id not in found]
    return found


def _by_file(data_dir: Path, places: Iterable[TrackPlace], days_before: int) -> Mapping[Path, set[str]]:
    groups: dict[Path, set[str]] = defaultdict(set)
    part = Part(data_dir / "sightings")
    for place in places:
        day = datetime.combine(place.day - timedelta(days=days_before), time(), UTC)
        groups[part.day_file(place.source_id, day)].add(place.track_id)
    return groups


def _sightings_in(path: Path, track_ids: set[str]) -> dict[str, SightingRow]:
    if not path.is_file():
        return {}
    rows = to_rows(SIGHTING_COLUMNS, _with_tracks(read_file(path), track_ids, path))
    return {track_id: row for row in rows for track_id in row.track_ids if track_id in track_ids}


def _with_tracks(table: Any, track_ids: set[str], path: Path) -> Any:
    """The rows that any of these tracks is part of."""
    table = with_schema(table, SIGHTING_COLUMNS.schema, path).combine_chunks()
    lists = table.column("track_ids").combine_chunks()
    is_wanted = pc.is_in(pc.list_flatten(lists), value_set=pa.array(sorted(track_ids), pa.string()))
    return table.take(pc.unique(pc.list_parent_indices(lists).filter(is_wanted)))
