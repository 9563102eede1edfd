"""The vector of the one face that a command asks the gallery about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import NoFaceFound

if TYPE_CHECKING:
    from pipeline.identity.enrolment import ReferenceReport
    from pipeline.schemas import VectorF32


def vector_of(report: ReferenceReport) -> VectorF32:
    """`(D,)` float32 of unit length; raises `NoFaceFound` when there is no face that can be used."""
    if report.embedding is None:
        raise NoFaceFound(f"{report.label}: {report.message}")
    return report.embedding
