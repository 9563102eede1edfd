"""Examining pictures in a process of its own: its memory is free again when the workers start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.apart import run_apart
from pipeline.options import DetectionOptions

if TYPE_CHECKING:
    from pipeline.identity.enrolment import ReferenceReport


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to be examined, and whose it is said to be."""

    person: str
    path: Path


@dataclass(frozen=True, slots=True)
class Models:
    """Which models examine, and where their files are kept."""

    encoder: str
    detection: DetectionOptions
    weights_dir: Path


def examine_photos(photos: tuple[Photo, ...], models: Models) -> Iterator[ReferenceReport]:
    """What each picture shows, in order; raises `WeightsError` when the models cannot be had.

    A picture nearly the same as an earlier one of the same person is reported as that.
    """
    if photos:
        yield from run_apart(_reports, photos, models)


def _reports(photos: tuple[Photo, ...], models: Models) -> Iterator[ReferenceReport]:
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.encoders.registry import load_encoder
    from pipeline.faces.detectors.choice import load_detector
    from pipeline.identity.enrolment import examine_image, flag_near_duplicate

    same_picture = encoder_entry(models.encoder, models.weights_dir).calibration.duplicate_cosine
    detector = load_detector(models.detection, models.weights_dir)
    encoder = load_encoder(models.encoder, models.weights_dir)
    earlier: dict[str, list[ReferenceReport]] = {}
    for photo in photos:
        of_person = earlier.setdefault(photo.person, [])
        report = flag_near_duplicate(examine_image(photo.path, detector, encoder), of_person, same_picture)
        of_person.append(report)
        yield report
