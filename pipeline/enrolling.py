"""Enrol examined reference images: what is usable goes into the control database, with its audit rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.control.audit import AuditLog, current_user
from pipeline.control.database import Control
from pipeline.control.people import People
from pipeline.control.people_records import EnrolResult, NewReference
from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus, flag_near_duplicate

SUFFIXES = {b"\x89PNG": ".png", b"RIFF": ".webp", b"BM": ".bmp", b"II*\x00": ".tiff", b"MM\x00*": ".tiff"}
"""What the file of a picture that begins so is called; others are JPEGs."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferencePicture:
    """A picture that did not come as a file of a gallery folder, and what was found on it."""

    report: ReferenceReport
    content: bytes
    """Of its file, as it is kept."""


def enrol_people(
    control: Control, encoder: str, examined: Mapping[str, Sequence[ReferenceReport]]
) -> list[EnrolResult]:
    """Enrol the usable images of each person (by name) for `encoder`; those enrolled before change nothing."""
    people = {name: [_reference(encoder, report) for report in _usable(reports)] for name, reports in examined.items()}
    results = People(control).enrol_all({name: references for name, references in people.items() if references})
    for result in results:
        _audit(control, result, current_user())
    return results


def enrol_pictures(
    control: Control, encoder: str, name: str, pictures: Sequence[ReferencePicture], *, who: str
) -> EnrolResult:
    """Enrol the usable ones of some pictures of one person; those enrolled before change nothing.

    Without a usable one the person is made known all the same. Raises `InputError` for a name that nobody can have.
    """
    references = [
        NewReference(
            encoder=encoder,
            embedding=picture.report.embedding,
            quality=picture.report.quality.overall if picture.report.quality else 0.0,
            image_sha256=picture.report.sha256,
            image=picture.content,
            image_suffix=_suffix(picture.content),
        )
        for picture in pictures
        if picture.report.is_usable and picture.report.embedding is not None
    ]
    result = People(control).enrol(name, references)
    _audit(control, result, who)
    return result


def flag_copies(
    control: Control, encoder: str, person_id: str | None, reports: Sequence[ReferenceReport]
) -> list[ReferenceReport]:
    """The reports in order, with copies told: of one another, and of what is enrolled for the person already."""
    same_picture = encoder_entry(encoder, control.weights_dir).calibration.duplicate_cosine
    earlier = _enrolled(control, encoder, person_id)
    judged: list[ReferenceReport] = []
    for report in reports:
        known = any(report.sha256 == other.sha256 for other in earlier)
        judged.append(report if known else flag_near_duplicate(report, [*earlier, *judged], same_picture))
    return judged


def _enrolled(control: Control, encoder: str, person_id: str | None) -> list[ReferenceReport]:
    """The person's pictures as if they had been examined just now."""
    if person_id is None:
        return []
    enrolled = [each for each in People(control).person(person_id).references if each.encoder == encoder]
    gallery = People(control).gallery(encoder)
    if person_id not in gallery.person_ids:
        return []
    own = gallery.references[gallery.owners == gallery.person_ids.index(person_id)]
    report = ReferenceReport("one that is enrolled", "", ReferenceStatus.OK, "")
    return [
        replace(report, sha256=reference.image_sha256, embedding=embedding)
        for reference, embedding in zip(enrolled, own, strict=True)
    ]


def _suffix(content: bytes) -> str:
    return next((suffix for beginning, suffix in SUFFIXES.items() if content.startswith(beginning)), ".jpg")


def _audit(control: Control, result: EnrolResult, who: str) -> None:
    for digest in result.added:
        AuditLog(control).append("enrol", result.person_id, who=who, image_sha256=digest)


def _usable(reports: Sequence[ReferenceReport]) -> list[ReferenceReport]:
    return [report for report in reports if report.is_usable]


def _reference(encoder: str, report: ReferenceReport) -> NewReference:
    if report.embedding is None or report.path is None:
        raise ValueError(f"{report.label}: expected an examined file with an embedding")
    return NewReference(
        encoder=encoder,
        embedding=report.embedding,
        quality=report.quality.overall if report.quality else 0.0,
        image_sha256=report.sha256,
        image=report.path.read_bytes(),
        image_suffix=report.path.suffix.lower(),
    )
