"""Reading the record for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.sightings import reading
from pipeline.sightings.reading import Reading

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.sightings.filtering import SightingFilter
    from pipeline.sightings.rows import CoverageRow

__all__ = ["Reading", "read_current_coverage", "read_sightings"]


def read_sightings(_session: Session, control: Control, wanted: SightingFilter) -> Reading:
    """The sightings that pass `wanted`; raises `StoreDamaged` for a file that cannot be read."""
    return reading.read_sightings(control, wanted)


def read_current_coverage(session: Session, found: Reading, wanted: SightingFilter) -> list[CoverageRow]:
    """The coverage of the runs whose sightings stand in the record; raises `StoreDamaged`."""
    return reading.read_current_coverage(session.data_dir, found, wanted)
