"""What a video file says about itself, checked by decoding its first picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.video.files.container import Footage, open_footage
from pipeline.video.files.decoding import FrameReader
from pipeline.video.pictures import shape_pictures


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """The facts of one video file."""

    path: Path
    size_wh: tuple[int, int]
    """Pixels of the frames that are read from it: upright, square, even, no side above the largest asked for."""
    duration_s: float | None
    """As stated by the file; None when it states none."""
    fps_average: float | None
    codec: str
    container: str
    rotation_degrees: int
    """Degrees, counter-clockwise, by which the coded pictures have to be turned."""
    created_at: datetime | None
    """When the recording began, by the file's own metadata (UTC)."""


def probe_source(path: Path, largest_side: int) -> SourceInfo:
    """The facts of the video at `path`; raises `SourceUnreadable` with the reason when nothing in it can be decoded."""
    with open_footage(path) as footage:
        picture = FrameReader(footage).read_first().picture
        shape = shape_pictures(picture, footage.pixel_aspect, largest_side)
        rate = footage.stream.average_rate
        return SourceInfo(
            path=path,
            size_wh=shape.upright_wh,
            duration_s=footage.stream_duration_s or footage.container_duration_s,
            fps_average=float(rate) if rate else None,
            codec=footage.stream.codec_context.name,
            container=footage.container.format.name,
            rotation_degrees=shape.quarter_turns * 90,
            created_at=_creation_time(footage),
        )


def _creation_time(footage: Footage) -> datetime | None:
    for metadata in (footage.container.metadata, footage.stream.metadata):
        for key in ("com.apple.quicktime.creationdate", "creation_time", "date"):
            created_at = _parse_time(metadata.get(key, ""))
            if created_at is not None:
                return created_at
    return None


def _parse_time(text: Any) -> datetime | None:
    """An aware time of an ISO text; None for no such text, a bare year, or a clock that was never set."""
    try:
        moment = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year < 1990:
        return None
    return moment.astimezone(UTC)
