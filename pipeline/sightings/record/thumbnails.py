"""Thumbnails: `thumbs/date=.../source=.../<track_id>_<n>.jpg`, up to three a track, the best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.errors import StoreDamaged
from pipeline.sightings.record.files import partition, safe_name
from pipeline.sightings.record.staging import Staging
from pipeline.sightings.rows import TrackRow

THUMBS = "thumbs"


def thumb_ref(source_id: str, start_ts: datetime, track_id: str, number: int) -> str:
    """Path of a track's thumbnail below the data folder; number 0 is the best."""
    return f"{THUMBS}/{partition(source_id, start_ts)}/{safe_name(track_id)}_{number}.jpg"


def stage_thumbs(staging: Staging, data_dir: Path, track: TrackRow, jpegs: Sequence[bytes]) -> None:
    """Prepare a track's thumbnails, best first; a power cut may cost a picture, which is not worth a flush each."""
    for number, jpeg in enumerate(jpegs):
        path = data_dir / thumb_ref(track.source_id, track.start_ts, track.track_id, number)
        staging.add(path, jpeg, is_durable=False)


def stage_thumb_moves(staging: Staging, data_dir: Path, source_id: str, tracks: Sequence[TrackRow]) -> None:
    """Prepare the source's thumbnails to lie where these tracks say; those of other tracks are to go."""
    start_of = {track.track_id: track.start_ts for track in tracks}
    for path in list(_thumbs_of(data_dir, source_id)):
        track_id, _, number = path.stem.rpartition("_")
        if track_id not in start_of:
            staging.remove(path)
            continue
        wanted = data_dir / thumb_ref(source_id, start_of[track_id], track_id, int(number))
        if path != wanted:
            staging.add(wanted, _content(path))
            staging.remove(path)


def _thumbs_of(data_dir: Path, source_id: str) -> Iterator[Path]:
    for path in sorted((data_dir / THUMBS).glob(f"date=*/source={safe_name(source_id)}/*_*.jpg")):
        if path.stem.rpartition("_")[2].isdigit():
            yield path


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreDamaged(f"the thumbnail {path} cannot be read: {error.strerror}") from error
