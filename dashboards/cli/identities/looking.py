"""Looking for the one face of each picture that somebody asks about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.cli.identities.examining import Models, Photo, examine_photos
from dashboards.cli.progress import waiting
from pipeline.errors import ImageUnreadable, NoFaceFound

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.identity.enrolment import ReferenceReport


def model_sections(*, encoder: str | None, detector: str | None) -> dict[str, Any]:
    """Sections of the settings for the models that flags name."""
    encoding = {} if encoder is None else {"encoding": {"encoder": encoder}}
    detection = {} if detector is None else {"detection": {"detector": detector}}
    return encoding | detection


def models_of(session: Session, encoder: str) -> Models:
    """The models of a session, with the data folder's encoder."""
    return Models(encoder=encoder, detection=session.settings.detection, weights_dir=session.weights_dir)


def look_at(paths: Sequence[Path], models: Models) -> list[ReferenceReport]:
    """The face in each picture, encoded.

    Raises `ImageUnreadable` for what is no picture, and `NoFaceFound` when there is no single face that can be used;
    both name the file.
    """
    for path in paths:
        if not path.is_file():
            raise ImageUnreadable(f"{path}: there is no such file")
    photos = tuple(Photo(str(number), path) for number, path in enumerate(paths))
    with waiting("looking for faces"):
        reports = list(examine_photos(photos, models))
    for path, report in zip(paths, reports, strict=True):
        _check(path, report)
    return reports


def _check(path: Path, report: ReferenceReport) -> None:
    from pipeline.identity.enrolment import ReferenceStatus

    if report.status is ReferenceStatus.UNREADABLE:
        raise ImageUnreadable(f"{path}: {report.message}")
    if report.embedding is None:
        raise NoFaceFound(f"{path}: {report.message}")
