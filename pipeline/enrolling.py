"""Enrol examined reference images: what is usable goes into the control database, with its audit rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.control.audit import AuditLog, current_user
from pipeline.control.database import Control
from pipeline.control.people import People
from pipeline.control.people_records import EnrolResult, NewReference
from pipeline.identity.enrolment import ReferenceReport


def enrol_people(
    control: Control, encoder: str, examined: Mapping[str, Sequence[ReferenceReport]]
) -> list[EnrolResult]:
    """Enrol the usable images of each person (by name) for `encoder`; those enrolled before change nothing."""
    people = {name: [_reference(encoder, report) for report in _usable(reports)] for name, reports in examined.items()}
    results = People(control).enrol_all({name: references for name, references in people.items() if references})
    for result in results:
        for digest in result.added:
            AuditLog(control).append("enrol", result.person_id, who=current_user(), image_sha256=digest)
    return results


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
