"""Taking a gallery folder into the control database: only people with a picture that is new are looked at.

All pictures of such a person are, since a new one may be a copy of one that is enrolled. A folder whose name nobody can
have is reported, and does not stop the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.identities.examining import Photo, examine_photos
from dashboards.cli.identities.looking import models_of
from dashboards.cli.progress import counting
from pipeline.errors import GalleryEmpty

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.identity.enrolment import ReferenceReport

ENROLLED = "enrolled"
KNOWN = "known"
NEAR_DUPLICATE = "near_duplicate"
BAD_NAME = "bad_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one picture of a gallery."""

    person: str
    """As in the gallery; characters that cannot be printed are escaped in it, and in the picture's name."""
    image: str
    verdict: str
    """enrolled, known (it was enrolled before), or why not: bad_name, no_face, two_faces, too_small, ..."""
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
    """Enrol everybody in `folder`; the same pictures again change nothing.

    Raises `NotFound` without the folder, and `GalleryEmpty` when not a single picture of it can be used.
    """
    from pipeline.control.gallery.names import name_fault
    from pipeline.control.gallery.people import People
    from pipeline.identity.photos.reading import list_gallery
    from pipeline.people.enrolling import enrol_people

    encoder = control.encoder(session.settings.encoding.encoder)
    photos = [Photo(person.name, path) for person in list_gallery(folder) for path in person.paths]
    misnamed = {photo: fault for photo in photos if (fault := name_fault(photo.person)) is not None}
    named = [photo for photo in photos if photo not in misnamed]
    enrolled = _enrolled_digests(control, encoder)
    known = frozenset(photo for photo in named if (photo.person, _digest(photo.path)) in enrolled)
    changed_people = {photo.person for photo in named if photo not in known}
    examined = _examine(session, encoder, tuple(photo for photo in named if photo.person in changed_people))
    verdicts = tuple(
        _misnamed(photo, misnamed[photo], folder)
        if photo in misnamed
        else _verdict(photo, None if photo in known else examined[photo])
        for photo in photos
    )
    if not any(verdict.is_in_gallery for verdict in verdicts):
        raise GalleryEmpty(_nothing_usable(folder, verdicts))
    before = People(control).gallery_version()
    enrol_people(control, encoder, _by_person(examined))
    version = People(control).gallery_version()
    return Enrolment(verdicts, version, is_changed=version != before)


def _examine(session: Session, encoder: str, photos: tuple[Photo, ...]) -> dict[Photo, ReferenceReport]:
    if not photos:
        return {}
    with counting("looking at pictures", len(photos)) as advance_to:
        done: dict[Photo, ReferenceReport] = {}
        for photo, report in zip(photos, examine_photos(photos, models_of(session, encoder)), strict=False):
            done[photo] = report
            advance_to(len(done))
    return done


def _by_person(examined: Mapping[Photo, ReferenceReport]) -> dict[str, list[ReferenceReport]]:
    reports: dict[str, list[ReferenceReport]] = {}
    for photo, report in examined.items():
        reports.setdefault(photo.person, []).append(report)
    return reports


def _verdict(photo: Photo, report: ReferenceReport | None) -> Verdict:
    image = _printable(photo.path.name)
    if report is None:
        return Verdict(person=photo.person, image=image, verdict=KNOWN, message="enrolled before", quality=None)
    return Verdict(
        person=photo.person,
        image=image,
        verdict=ENROLLED if report.is_usable else report.status.value,
        message=_printable(report.message),
        quality=report.quality.overall if report.quality else None,
    )


def _misnamed(photo: Photo, fault: str, folder: Path) -> Verdict:
    named = "file" if photo.path.parent == folder else "folder"
    return Verdict(
        person=_printable(photo.person),
        image=_printable(photo.path.name),
        verdict=BAD_NAME,
        message=f"the {named}'s name cannot be a person's name: it {fault}",
        quality=None,
    )


def _printable(name: str) -> str:
    """The name without what upsets a terminal or cannot be written as UTF-8: a line break becomes `\\n`."""
    return name if name.isprintable() else repr(name)[1:-1]


def _enrolled_digests(control: Control, encoder: str) -> set[tuple[str, str]]:
    from pipeline.control.gallery.people import People

    return {
        (person.name, reference.image_sha256)
        for person in People(control).list_people()
        for reference in person.references
        if reference.encoder == encoder
    }


def _digest(path: Path) -> str:
    """Of the file's content; empty for one that cannot be read, of which its examination tells why."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _nothing_usable(folder: Path, verdicts: Sequence[Verdict]) -> str:
    reasons = "; ".join(f"{verdict.person}/{verdict.image}: {verdict.message}" for verdict in verdicts[:5])
    more = f"; and {len(verdicts) - 5} more" if len(verdicts) > 5 else ""
    return f"{folder}: no picture in it can be used ({reasons}{more})"
