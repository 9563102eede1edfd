"""Looking for the one face of a picture that somebody asks about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ImageUnreadable, NoFaceFound

if TYPE_CHECKING:
    from dashboards.cli.identities.examining import Models
    from dashboards.cli.session import Session
    from pipeline.encoders.registry import Encoder
    from pipeline.faces.detection import Detector
    from pipeline.identity.enrolment import ReferenceReport


def models_of(session: Session, encoder: str) -> Models:
    """The models of a session, with the data folder's encoder."""
    from dashboards.cli.identities.examining import Models

    return Models(encoder=encoder, detection=session.settings.detection, cache_dir=session.data_dir / "weights")


def load_models(models: Models) -> tuple[Detector, Encoder]:
    """Load detector and encoder; raises `WeightsError` when a model file cannot be had."""
    from pipeline.encoders.registry import load_encoder
    from pipeline.faces.mtcnn.detector import MtcnnDetector

    return MtcnnDetector(models.detection), load_encoder(models.encoder, models.cache_dir)


def look_at(path: Path, models: tuple[Detector, Encoder]) -> ReferenceReport:
    """The face in the picture at `path`, encoded.

    Raises `ImageUnreadable` for what is no picture, and `NoFaceFound` when there is no single face that can be used;
    both name the file.
    """
    from pipeline.identity.enrolment import ReferenceStatus, examine_image

    if not path.is_file():
        raise ImageUnreadable(f"{path}: there is no such file")
    report = examine_image(path, *models)
    if report.status is ReferenceStatus.UNREADABLE:
        raise ImageUnreadable(f"{path}: {report.message}")
    if report.embedding is None:
        raise NoFaceFound(f"{path}: {report.message}")
    return report
