"""Every sighting that looks like one face, best first: from the index of tracks to the sightings of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import numpy as np

from pipeline.errors import InputError, NotFound
from pipeline.schemas import VectorF32
from pipeline.search.face_index import FaceIndex, Hit, Ranking
from pipeline.search.index_files import IndexedFile
from pipeline.sightings.record.track_sightings import LONGEST_SIGHTING_DAYS, sightings_of_tracks
from pipeline.sightings.rows import SightingRow

MOST_SIGHTINGS = 5000


class Likeness(StrEnum):
    """What a score says, by the operating point in effect."""

    SAME = "same"  # from the threshold on: a track with this score would be named
    PERHAPS = "perhaps"  # too near to rule out
    OTHER = "other"  # probably somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceQuery:
    """Which sightings a search may find; absent parts let everything pass."""

    source_ids: frozenset[str] | None = None
    start: datetime | None = None
    """Sightings that end before it are left out."""
    end: datetime | None = None
    """Sightings that begin at it or later are left out."""
    least_score: float = -1.0
    limit: int = 50

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_SIGHTINGS:
            raise InputError(f"the limit is {self.limit}; it must lie between 1 and {MOST_SIGHTINGS}")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise InputError("the span asked for ends before it begins")

    def wants_file(self, file: IndexedFile) -> bool:
        """Whether tracks of the file can be part of sightings that pass."""
        if self.source_ids is not None and file.source_id not in self.source_ids:
            return False
        if self.start is not None and file.day < _day(self.start - timedelta(days=LONGEST_SIGHTING_DAYS)):
            return False
        return self.end is None or file.day <= _day(self.end + timedelta(days=LONGEST_SIGHTING_DAYS))

    def passes(self, row: SightingRow) -> bool:
        """Whether a sighting may be found."""
        return (
            (self.source_ids is None or row.source_id in self.source_ids)
            and (self.start is None or row.end_ts >= self.start)
            and (self.end is None or row.start_ts < self.end)
        )


@dataclass(frozen=True, slots=True)
class Alike:
    """One sighting that was found."""

    sighting: SightingRow
    score: float
    """Cosine similarity of the face and the template of the most alike track of the sighting."""
    track_id: str
    """That track."""


@dataclass(frozen=True, slots=True)
class FaceSearch:
    """What a search found."""

    alike: tuple[Alike, ...]
    """Best first."""
    n_tracks: int
    """Tracks that the face was compared with."""


Current = Callable[[SightingRow], bool]
"""Whether a sighting counts: of footage, a newer run stays out of sight until it is complete."""


def find_alike(data_dir: Path, ranking: Ranking, query: FaceQuery, is_current: Current) -> FaceSearch:
    """The sightings most like a face, by the ranking of the tracks of `query.wants_file`.

    A sighting's score is that of its most alike track, whose template is what also decides who a track is, so that the
    thresholds mean here what they mean there. Raises `StoreDamaged`.
    """
    found: dict[str, Alike] = {}
    n_looked, n_wanted = 0, query.limit
    while n_looked < ranking.n_tracks and len(found) < query.limit:
        hits = ranking.best(n_wanted)[n_looked:]
        near = [hit for hit in hits if hit.score >= query.least_score]
        for alike in _sightings(data_dir, near):
            if query.passes(alike.sighting) and is_current(alike.sighting):
                found.setdefault(alike.sighting.sighting_id, alike)
        if len(near) < len(hits):
            break
        n_looked, n_wanted = n_wanted, 2 * n_wanted
    return FaceSearch(tuple(found.values())[: query.limit], ranking.n_tracks)


def find_sighting(data_dir: Path, index: FaceIndex, sighting_id: str) -> SightingRow:
    """The sighting of that id, by its first track, after which it is named; raises `NotFound`."""
    track_id = _first_track_id(sighting_id)
    try:
        found = sightings_of_tracks(data_dir, [index.find(track_id)]).get(track_id)
    except NotFound:
        found = None
    if found is None or found.sighting_id != sighting_id:
        raise NotFound(
            f"no sighting {sighting_id!r} begins with a face that was encoded; `facetrail sightings` lists them"
        )
    return found


def face_of_sighting(index: FaceIndex, sighting: SightingRow) -> VectorF32:
    """`(D,)` float32 of unit length: what somebody looked like in a sighting, the mean of its tracks' templates.

    Raises `NotFound` when no face of it was encoded.
    """
    templates = index.templates(sighting.source_id, frozenset(sighting.track_ids))
    if not len(templates):
        raise NotFound("no face of this sighting was good enough to be encoded; there is nothing to search by")
    mean = templates.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def likeness_of(score: float, threshold: float, uncertain_threshold: float) -> Likeness:
    """What a score says where a track is known from `threshold` on, and uncertain from `uncertain_threshold` on."""
    if score >= threshold:
        return Likeness.SAME
    return Likeness.PERHAPS if score >= uncertain_threshold else Likeness.OTHER


def _sightings(data_dir: Path, hits: list[Hit]) -> Iterator[Alike]:
    """The sightings of tracks, in the order of the tracks."""
    found: Mapping[str, SightingRow] = sightings_of_tracks(data_dir, [hit.place for hit in hits])
    for hit in hits:
        row = found.get(hit.place.track_id)
        if row is not None:
            yield Alike(row, hit.score, hit.place.track_id)


def _first_track_id(sighting_id: str) -> str:
    """The reverse of `sighting_id_for`."""
    return "t_" + sighting_id.removeprefix("s_")


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
