"""Reading the record: sightings with what is needed to show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.work.sources import SourceRecord, Sources
from pipeline.sightings.filtering import SightingFilter
from pipeline.sightings.record.store import Store
from pipeline.sightings.rows import CoverageRow, SightingRow, SourceKind


@dataclass(frozen=True, slots=True)
class Reading:
    """Sightings that were asked for, and the names of what they mention."""

    sightings: tuple[SightingRow, ...]
    """In order of time."""
    sources: Mapping[str, SourceRecord]
    """Every source, by its id."""
    people: Mapping[str, str]
    """Names of the people enrolled, by person id."""

    @property
    def labels(self) -> dict[str, str]:
        """Names of all sources, by their ids."""
        return {source_id: source.label for source_id, source in self.sources.items()}


def read_sightings(control: Control, wanted: SightingFilter) -> Reading:
    """The sightings that pass `wanted`; raises `StoreDamaged` for a file that cannot be read."""
    sources = {source.source_id: source for source in Sources(control).list()}
    rows = Store(control.data_dir).read_sightings(wanted.as_rows())
    return Reading(
        sightings=tuple(row for row in rows if wanted.passes(row) and _is_current(row, sources)),
        sources=sources,
        people={person.person_id: person.name for person in People(control).list_people()},
    )


def read_current_coverage(data_dir: Path, reading: Reading, wanted: SightingFilter) -> list[CoverageRow]:
    """The coverage of the runs whose sightings stand in the record; raises `StoreDamaged`."""
    rows = Store(data_dir).read_coverage(wanted.as_rows())
    return [row for row in rows if _is_current(row, reading.sources) and wanted.passes_source(row.source_id)]


def _is_current(row: SightingRow | CoverageRow, sources: Mapping[str, SourceRecord]) -> bool:
    """Whether the row counts: all that a camera ever saw does.

    Of footage, a newer run stays out of sight until it is complete and takes the older one's place.
    """
    source = sources.get(row.source_id)
    return source is None or source.kind is SourceKind.LIVE or source.current_run_id in {None, row.run_id}
