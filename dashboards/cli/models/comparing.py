"""Comparing encoders on a set of pictures; meant for a process of its own, which tells how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.encoders.local.measured import Speed
    from pipeline.encoders.manifest import ManifestEntry
    from pipeline.identity.comparison import Figures
    from pipeline.identity.comparison_faces import CutPhoto
    from pipeline.identity.photos.sets import PhotoSet
    from pipeline.options import DetectionOptions


@dataclass(frozen=True, slots=True)
class PhotosDone:
    """In how many photographs a face was looked for so far."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How one encoder did on the set."""

    name: str
    figures: Figures
    speed: Speed


def compare(
    photo_set: PhotoSet, entries: Sequence[ManifestEntry], detection: DetectionOptions, weights_dir: Path
) -> Iterator[PhotosDone | Compared]:
    """Look for the faces once, then have one encoder after the other embed them. Imports TensorFlow."""
    from pipeline.encoders.registry import alignment_of
    from pipeline.faces.detectors.choice import load_detector
    from pipeline.identity.comparison_faces import cut_photos

    detector = load_detector(detection, weights_dir)
    alignments = {_alignment_key(entry): alignment_of(entry) for entry in entries}
    photos: list[CutPhoto] = []
    for photo in cut_photos(photo_set.paths, detector, alignments):
        photos.append(photo)
        yield PhotosDone(len(photos))
    for entry in entries:
        yield _compared(entry, photo_set, photos, weights_dir)


def _compared(entry: ManifestEntry, photo_set: PhotoSet, photos: Sequence[CutPhoto], weights_dir: Path) -> Compared:
    from pipeline.encoders.local.drawn_faces import draw_faces
    from pipeline.encoders.local.trying import BATCH, measure_speed
    from pipeline.encoders.registry import load_encoder
    from pipeline.identity.comparison import figures_of
    from pipeline.identity.comparison_faces import embed_photos

    encoder = load_encoder(entry.name, weights_dir)
    vectors = embed_photos(photos, _alignment_key(entry), encoder)
    threshold = entry.calibration.threshold
    return Compared(
        name=entry.name,
        figures=figures_of(photo_set, vectors, encoder=entry.name, shipped_threshold=threshold),
        speed=measure_speed(encoder, draw_faces(BATCH, entry.input_size), datetime.now(UTC)),
    )


def _alignment_key(entry: ManifestEntry) -> str:
    """Equal for encoders that want the same crop."""
    return f"{entry.alignment} {entry.input_size} {entry.alignment_points}"
