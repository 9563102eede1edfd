"""Enrol examined reference images: what is usable goes into the control database, with its audit rows.

enrol_people(control, encoder, {name: reports})                          files of a gallery folder
enrol_pictures(control, encoder, name, pictures, who=...) -> PicturesEnrolled     pictures that somebody sent
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.control.audit import AuditLog, current_user
from pipeline.control.database import Control
from pipeline.control.gallery.names import check_name
from pipeline.control.gallery.people import People
from pipeline.control.gallery.records import EnrolResult, NewReference
from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus, flag_near_duplicate
from pipeline.identity.matchers.matching import Gallery
from pipeline.identity.photos.sizes import photo_suffix
from pipeline.schemas import VectorF32

ENROLLED = "enrolled"
KNOWN = "known"


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPicture:
    """A picture that somebody sent, and what was found in it."""

    report: ReferenceReport
    content: bytes
    """Of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureVerdict:
    """What became of one picture."""

    label: str
    image_sha256: str
    verdict: str
    """enrolled, known (it was enrolled before), or why not: no_face, two_faces, too_small, near_duplicate, ..."""
    message: str
    quality: float | None
    """0 (useless) to 1 (ideal); None for a picture without a face."""

    @property
    def is_in_gallery(self) -> bool:
        return self.verdict in {ENROLLED, KNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesEnrolled:
    """What enrolling somebody's pictures came to."""

    person_id: str | None
    """None when not a single picture could be used: nobody was enrolled then."""
    person_name: str
    is_new: bool
    """Whether nobody of that name was enrolled before."""
    verdicts: tuple[PictureVerdict, ...]
    gallery_version: int

    @property
    def n_added(self) -> int:
        return len(self.added)

    @property
    def added(self) -> tuple[str, ...]:
        """The sha256 of the pictures that were new."""
        return tuple(verdict.image_sha256 for verdict in self.verdicts if verdict.verdict == ENROLLED)


def enrol_people(
    control: Control, encoder: str, examined: Mapping[str, Sequence[ReferenceReport]]
) -> list[EnrolResult]:
    """Enrol the usable images of each person (by name) for `encoder`; those enrolled before change nothing."""
    people = {
        name: [_of_file(encoder, report) for report in reports if report.is_usable]
        for name, reports in examined.items()
    }
    results = People(control).enrol_all({name: references for name, references in people.items() if references})
    for result in results:
        _audit(control, result, current_user())
    return results


def enrol_pictures(
    control: Control, encoder: str, person_name: str, pictures: Sequence[JudgedPicture], *, who: str
) -> PicturesEnrolled:
    """Enrol the usable pictures of one person, by name, as `who`; a new name is a new person.

    A picture nearly the same as an earlier one, sent or enrolled, is not taken. Raises `InputError` for a name that
    nobody can have.
    """
    check_name(person_name)
    people = People(control)
    gallery = people.gallery(encoder)
    is_new = all(person.name != person_name for person in people.list_people())
    reports = _without_copies(control, gallery, person_name, [picture.report for picture in pictures])
    usable = [
        _new_reference(encoder, report, picture.content, photo_suffix(picture.content))
        for report, picture in zip(reports, pictures, strict=True)
        if report.is_usable
    ]
    result = people.enrol(person_name, usable) if usable else None
    if result is not None:
        _audit(control, result, who)
    known = frozenset(result.known) if result else frozenset()
    return PicturesEnrolled(
        person_id=result.person_id if result else None,
        person_name=person_name,
        is_new=is_new,
        verdicts=tuple(_verdict(report, known) for report in reports),
        gallery_version=result.gallery_version if result else gallery.version,
    )


def _without_copies(
    control: Control, gallery: Gallery, person_name: str, reports: Sequence[ReferenceReport]
) -> list[ReferenceReport]:
    """The reports, with those of pictures flagged that are nearly the same as an earlier one of the person."""
    same_picture = encoder_entry(gallery.encoder, control.weights_dir).calibration.duplicate_cosine
    digests = _enrolled_digests(control, gallery.encoder, person_name)
    enrolled = [_enrolled_picture(vector) for vector in _vectors_of(gallery, person_name)]
    judged: list[ReferenceReport] = []
    for report in reports:
        is_there = report.sha256 in digests
        judged.append(report if is_there else flag_near_duplicate(report, [*enrolled, *judged], same_picture))
    return judged


def _vectors_of(gallery: Gallery, person_name: str) -> VectorF32:
    owner = gallery.person_names.index(person_name) if person_name in gallery.person_names else -1
    vectors: VectorF32 = gallery.references[gallery.owners == owner]
    return vectors


def _enrolled_picture(vector: VectorF32) -> ReferenceReport:
    return ReferenceReport("one that is enrolled", "", ReferenceStatus.OK, "", embedding=np.ascontiguousarray(vector))


def _enrolled_digests(control: Control, encoder: str, person_name: str) -> frozenset[str]:
    return frozenset(
        reference.image_sha256
        for person in People(control).list_people()
        if person.name == person_name
        for reference in person.references
        if reference.encoder == encoder
    )


def _verdict(report: ReferenceReport, known: frozenset[str]) -> PictureVerdict:
    is_known = report.sha256 in known
    return PictureVerdict(
        label=report.label,
        image_sha256=report.sha256,
        verdict=(KNOWN if is_known else ENROLLED) if report.is_usable else report.status.value,
        message="enrolled before" if is_known else report.message,
        quality=report.quality.overall if report.quality else None,
    )


def _audit(control: Control, result: EnrolResult, who: str) -> None:
    for digest in result.added:
        AuditLog(control).append("enrol", result.person_id, who=who, image_sha256=digest)


def _of_file(encoder: str, report: ReferenceReport) -> NewReference:
    if report.path is None:
        raise ValueError(f"{report.label}: expected an examined file")
    return _new_reference(encoder, report, report.path.read_bytes(), report.path.suffix.lower())


def _new_reference(encoder: str, report: ReferenceReport, content: bytes, suffix: str) -> NewReference:
    if report.embedding is None:
        raise ValueError(f"{report.label}: expected an examined picture with an embedding")
    return NewReference(
        encoder=encoder,
        embedding=report.embedding,
        quality=report.quality.overall if report.quality else 0.0,
        image_sha256=report.sha256,
        image=content,
        face_jpeg=report.thumb_jpeg or b"",
        image_suffix=suffix,
    )
