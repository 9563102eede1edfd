"""Asking the gallery about one face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import NoFaceFound, NotFound
from pipeline.identity.matching import Gallery, Matcher, match_templates
from pipeline.schemas import Match, VectorF32

if TYPE_CHECKING:
    from pipeline.identity.enrolment import ReferenceReport


def best_match(report: ReferenceReport, matcher: Matcher) -> Match | None:
    """The candidate of the matcher for the face; None where nobody is enrolled."""
    return matcher.match(_template(report))[0]


def score_with(report: ReferenceReport, gallery: Gallery, person_id: str) -> float:
    """How alike the face and one person are; raises `NotFound` when that person has no usable picture."""
    match = match_templates(_template(report), only(gallery, person_id))[0]
    if match is None:
        raise NotFound(f"{person_id} has no picture encoded by {gallery.encoder}; `facetrail enroll` adds some")
    return match.score


def only(gallery: Gallery, person_id: str) -> Gallery:
    """The gallery with nobody but that person."""
    place = gallery.person_ids.index(person_id)
    references = np.ascontiguousarray(gallery.references[gallery.owners == place])
    return Gallery(
        version=gallery.version,
        encoder=gallery.encoder,
        person_ids=(person_id,),
        person_names=(gallery.person_names[place],),
        references=references,
        owners=np.zeros(len(references), np.intp),
    )


def _template(report: ReferenceReport) -> VectorF32:
    """`(1, D)` float32 of unit length."""
    if report.embedding is None:
        raise NoFaceFound(f"{report.label}: {report.message}")
    return report.embedding[None]
