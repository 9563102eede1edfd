"""Calibrations for tests, by default right for a gallery of dlib-resnet."""

from __future__ import annotations

from datetime import datetime

from pipeline.control.database import Control
from pipeline.control.gallery.calibrations import Calibration, Calibrations, NewCalibration
from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.policies import encoder_digest
from tests.builders import START
from tests.builders_recording import ENCODER


def calibrate(
    control: Control,
    *,
    threshold: float = 0.6,
    n_people: int = 2,
    n_images: int = 2,
    encoder: str = ENCODER,
    digest: str | None = None,
    made_at: datetime = START,
    sketch: tuple[str, ...] = (),
) -> Calibration:
    """Keep a calibration of these numbers."""
    return Calibrations(control).add(
        NewCalibration(
            made_at=made_at,
            encoder=encoder,
            encoder_digest=digest or encoder_digest(control, encoder_entry(encoder)),
            gallery_digest="g",
            impostors_digest="",
            n_people=n_people,
            n_images=n_images,
            fpir=0.01,
            threshold=threshold,
            uncertain_threshold=threshold - 0.1,
            margin=0.02,
            report_json="{}",
            reference_sketch=sketch,
        )
    )
