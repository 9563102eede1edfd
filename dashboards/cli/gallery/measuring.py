"""Measuring a calibration with the models of a session, and keeping it with its page and its curves."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.apart import run_apart
from dashboards.cli.progress import counting
from pipeline.errors import GalleryEmpty, SettingsError, StoreFull
from pipeline.options import DetectionOptions

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.gallery.calibrations import Calibration
    from pipeline.identity.calibration.choice import CalibrationReport
    from pipeline.identity.calibration.scores import GalleryScores
    from pipeline.people.calibrating import CalibrationPicture, CalibrationSet, SeenPicture

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A calibration before it is kept."""

    of: CalibrationSet
    scores: GalleryScores
    report: CalibrationReport
    made_at: datetime
    reference_sketch: tuple[str, ...]
    """Of the people enrolled; empty when a folder stood in for them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in words."""
        return self.of.notes


@dataclass(frozen=True, slots=True)
class Kept:
    """A calibration that is in the database, with its files."""

    calibration: Calibration
    page: Path
    curves: Path


def measure(session: Session, control: Control, folders: tuple[Path | None, Path | None], fpir: float) -> Measured:
    """Look at the pictures of the gallery (folder, or who is enrolled) and of the strangers, and choose the thresholds.

    Raises `GalleryEmpty`, and `InputError` when nobody can play the stranger.
    """
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.identity.calibration.choice import Asked, calibrate
    from pipeline.identity.calibration.scores import score_gallery
    from pipeline.identity.calibration.sketches import sketch_pictures
    from pipeline.identity.decision import MeasuredPoint
    from pipeline.people.calibrating import assemble, enrolled_pictures, folder_pictures
    from pipeline.sightings.recording.recorder import utc_now

    entry = encoder_entry(session.settings.encoding.encoder, session.weights_dir)
    gallery, impostors = folders
    enrolled = folder_pictures(gallery) if gallery else enrolled_pictures(control, entry.name)
    if not enrolled:
        raise GalleryEmpty("nobody is enrolled: `facetrail enroll DIR` first, or give a GALLERY folder")
    strangers = folder_pictures(impostors) if impostors else []
    seen = _look(session, [*enrolled, *strangers])
    made = assemble(entry, seen[: len(enrolled)], seen[len(enrolled) :])
    scores = score_gallery(made.gallery, made.probes, made.n_strangers)
    shipped = entry.calibration
    point = MeasuredPoint(shipped.threshold, shipped.uncertain_threshold, shipped.margin, shipped.source)
    n_people, n_images = len(made.gallery.person_ids), len(made.gallery.references)
    report = calibrate(scores, n_people, n_images, Asked(entry.name, fpir, point))
    sketch = () if gallery else sketch_pictures(each.sha256 for each in enrolled)
    return Measured(made, scores, report, utc_now(), sketch)


def keep(session: Session, control: Control, measured: Measured) -> Kept:
    """Write the calibration into the database, where it is in effect at once; its page and curves go to the reports."""
    import msgspec

    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.calibrations import Calibrations, NewCalibration
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.identity.policies import encoder_digest
    from pipeline.reports.calibration_page import draw_calibration, render_calibration

    report, of = measured.report, measured.of
    page = render_calibration(measured.scores, report, measured.made_at, of.notes)
    calibration = Calibrations(control).add(
        NewCalibration(
            made_at=measured.made_at,
            encoder=report.encoder,
            encoder_digest=encoder_digest(control, encoder_entry(report.encoder, session.weights_dir)),
            gallery_digest=of.gallery_digest,
            impostors_digest=of.impostors_digest,
            n_people=report.n_people,
            n_images=report.n_images,
            fpir=report.fpir,
            threshold=report.threshold,
            uncertain_threshold=report.uncertain_threshold,
            margin=report.margin,
            report_json=msgspec.json.encode(report).decode(),
            reference_sketch=measured.reference_sketch,
        )
    )
    AuditLog(control).append("calibrate", "", who=current_user(), detail=calibration.source)
    stem = session.data_dir / "reports" / f"calibration-{calibration.calibration_id}"
    files = {
        stem.with_suffix(".html"): page.encode(),
        stem.with_suffix(".png"): draw_calibration(measured.scores, report),
    }
    for path, content in files.items():
        _write(path, content)
    return Kept(calibration, *files)


def _look(session: Session, pictures: Sequence[CalibrationPicture]) -> list[SeenPicture]:
    settings = session.settings
    seen: list[SeenPicture] = []
    with counting("looking at pictures", len(pictures)) as advance_to:
        models = (settings.encoding.encoder, settings.detection, session.weights_dir)
        for picture in run_apart(_see_all, tuple(pictures), *models):
            seen.append(picture)
            advance_to(len(seen))
    return seen


def _see_all(
    pictures: tuple[CalibrationPicture, ...], encoder_name: str, detection: DetectionOptions, weights_dir: Path
) -> Iterator[SeenPicture]:
    """What each picture shows; the whole of a process of its own."""
    from pipeline.encoders.registry import load_encoder
    from pipeline.faces.detectors.choice import load_detector
    from pipeline.people.calibrating import see_pictures

    detector, encoder = load_detector(detection, weights_dir), load_encoder(encoder_name, weights_dir)
    yield from see_pictures(pictures, detector, encoder)


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    unfinished = path.with_name(f".tmp-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        kept = f"{path} cannot be written: {error.strerror}; the calibration itself is kept, and in effect"
        raise (StoreFull if error.errno in NO_ROOM else SettingsError)(kept) from error
