"""An order for a clip, as one process hands it to the next: what to cut, from which content, into which files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from dashboards.web.site import Site
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import SourceRecord
from pipeline.errors import NotFound
from pipeline.options import AnalysisOptions
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import SightingRow, TrackRow
from pipeline.video.clips.cutting import ClipWanted, FaceToMark

BEFORE_S = 2.0
"""How much of the footage is shown before a sighting, and after it, in seconds."""

LONGEST_S = 60.0
"""Of a clip; a longer sighting shows its beginning."""

FORM = "1"
"""Raised when clips of the same sighting come out otherwise."""


class ClipOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One clip to be cut."""

    key: str
    """Names its files; another for every other content."""
    folder: str
    source_id: str
    """The footage's content, as its id says."""
    footage: str
    start_s: float
    end_s: float
    rotation: int | None
    faces: tuple[FaceToMark, ...]

    @property
    def wanted(self) -> ClipWanted:
        """The same for the cutter."""
        return ClipWanted(
            footage=Path(self.footage),
            start_s=self.start_s,
            end_s=self.end_s,
            rotation=self.rotation,
            faces=self.faces,
        )

    def path(self, suffix: str) -> Path:
        """Its file of that kind: mp4, jpg, txt (why there is none)."""
        return Path(self.folder) / f"{self.key}.{suffix}"


def clip_order(site: Site, row: SightingRow, source: SourceRecord, folder: Path) -> ClipOrder:
    """The order for the clip around a sighting of footage."""
    wanted = RowFilter(source_id=row.source_id, run_id=row.run_id)
    tracks = [one for one in Store(site.data_dir).read_tracks(wanted) if one.track_id in row.track_ids]
    start_s = max(0.0, row.media_start_s - BEFORE_S)
    return ClipOrder(
        key=clip_key(row),
        folder=str(folder),
        source_id=row.source_id,
        footage=source.path or "",
        start_s=start_s,
        end_s=min(row.media_end_s + BEFORE_S, start_s + LONGEST_S),
        rotation=_rotation(site, row.run_id),
        faces=tuple(_face(site.data_dir, track) for track in tracks),
    )


def clip_key(row: SightingRow) -> str:
    """Names the clip of a sighting; another one when its tracks or times change."""
    parts = (FORM, row.run_id, *row.track_ids, f"{row.media_start_s:.3f}", f"{row.media_end_s:.3f}")
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]


def _face(data_dir: Path, track: TrackRow) -> FaceToMark:
    thumb = data_dir / track.thumb_ref if track.thumb_ref else None
    return FaceToMark(
        media_start_s=track.media_start_s,
        media_end_s=track.media_end_s,
        box=track.box_xywh,
        thumb_jpeg=thumb.read_bytes() if thumb and thumb.is_file() else b"",
    )


def _rotation(site: Site, run_id: str) -> int | None:
    try:
        record: RunRecord = Runs(site.control).get(run_id)
    except NotFound:
        return None
    return AnalysisOptions.from_json(record.options_json).sampling.rotation
