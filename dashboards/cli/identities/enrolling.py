"""Taking a gallery folder into the control database: only what is new is looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.identities.examining import Examined, Photo, examine_photos
from dashboards.cli.identities.looking import models_of
from dashboards.cli.progress import counting
from pipeline.errors import GalleryEmpty

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.people_records import NewReference
    from pipeline.schemas import VectorF32

ENROLLED = "enrolled"
KNOWN = "known"
NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one picture of a gallery."""

    person: str
    image: str
    verdict: str
    """enrolled, known (it was enrolled before), or why not: no_face, two_faces, too_small, ..."""
    message: str
    quality: float | None
    """0 (useless) to 1 (ideal); None when the picture was not looked at, or shows no face."""

    @property
    def is_in_gallery(self) -> bool:
        return self.verdict in {ENROLLED, KNOWN}

    @property
    def is_fault(self) -> bool:
        """Whether the user should look at the picture; a copy of one that is enrolled does no harm."""
        return not self.is_in_gallery and self.verdict != NEAR_DUPLICATE


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What enrolling a folder came to."""

    verdicts: tuple[Verdict, ...]
    gallery_version: int
    is_changed: bool

    @property
    def n_people(self) -> int:
        return len({verdict.person for verdict in self.verdicts if verdict.is_in_gallery})


def enrol_folder(session: Session, control: Control, folder: Path) -> Enrolment:
    """Enrol everybody in `folder`; pictures that are enrolled already are not looked at again.

    Raises `NotFound` without the folder, and `GalleryEmpty` when not a single picture of it can be used.
    """
    from pipeline.control.people import People
    from pipeline.identity.photos import list_gallery

    encoder = control.encoder(session.settings.encoding.encoder)
    photos = [Photo(person.name, path) for person in list_gallery(folder) for path in person.paths]
    enrolled = _enrolled_digests(control, encoder)
    fresh = tuple(photo for photo in photos if (photo.person, _digest(photo.path)) not in enrolled)
    examined = _examine(session, encoder, fresh)
    verdicts = _verdicts(photos, examined)
    if not any(verdict.is_in_gallery for verdict in verdicts):
        raise GalleryEmpty(_nothing_usable(folder, verdicts))
    before = People(control).gallery_version()
    version = _record(control, encoder, examined)
    return Enrolment(verdicts, version, is_changed=version != before)


def _examine(session: Session, encoder: str, photos: tuple[Photo, ...]) -> list[Examined]:
    if not photos:
        return []
    with counting("looking at pictures", len(photos)) as advance_to:
        done: list[Examined] = []
        for examined in examine_photos(photos, models_of(session, encoder)):
            done.append(examined)
            advance_to(len(done))
    return done


def _record(control: Control, encoder: str, examined: Iterable[Examined]) -> int:
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.people import People

    people: dict[str, list[NewReference]] = {}
    for each in examined:
        if each.report.is_usable and each.report.embedding is not None:
            reference = _reference(encoder, each, each.report.embedding)
            people.setdefault(each.photo.person, []).append(reference)
    results = People(control).enrol_all(people)
    for result in results:
        for digest in result.added:
            AuditLog(control).append("enrol", result.person_id, who=current_user(), image_sha256=digest)
    return People(control).gallery_version()


def _reference(encoder: str, examined: Examined, embedding: VectorF32) -> NewReference:
    from pipeline.control.people_records import NewReference

    report = examined.report
    return NewReference(
        encoder=encoder,
        embedding=embedding,
        quality=report.quality.overall if report.quality else 0.0,
        image_sha256=report.sha256,
        image=examined.photo.path.read_bytes(),
        image_suffix=examined.photo.path.suffix.lower(),
    )


def _verdicts(photos: Sequence[Photo], examined: Iterable[Examined]) -> tuple[Verdict, ...]:
    found = {each.photo: each for each in examined}
    return tuple(_verdict(photo, found.get(photo)) for photo in photos)


def _verdict(photo: Photo, examined: Examined | None) -> Verdict:
    image = photo.path.name
    if examined is None:
        return Verdict(person=photo.person, image=image, verdict=KNOWN, message="enrolled before", quality=None)
    report = examined.report
    return Verdict(
        person=photo.person,
        image=image,
        verdict=ENROLLED if report.is_usable else report.status.value,
        message=report.message,
        quality=report.quality.overall if report.quality else None,
    )


def _enrolled_digests(control: Control, encoder: str) -> set[tuple[str, str]]:
    from pipeline.control.people import People

    return {
        (person.name, reference.image_sha256)
        for person in People(control).list_people()
        for reference in person.references
        if reference.encoder == encoder
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _nothing_usable(folder: Path, verdicts: Sequence[Verdict]) -> str:
    reasons = "; ".join(f"{verdict.person}/{verdict.image}: {verdict.message}" for verdict in verdicts[:5])
    more = f"; and {len(verdicts) - 5} more" if len(verdicts) > 5 else ""
    return f"{folder}: no picture in it can be used ({reasons}{more})"
