"""How two states of the same sightings differ: what making them anew came to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.sightings.rows import SightingRow


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What making the sightings of a run anew came to."""

    n_sightings: int
    n_changed: int
    """Those that are another person's now, have another name or status, are new or are gone."""


def compare_sightings(before: Sequence[SightingRow], after: Sequence[SightingRow]) -> Relabelled:
    """What became of the sightings."""
    changed = {_verdict(row) for row in before} ^ {_verdict(row) for row in after}
    return Relabelled(len(after), len({sighting_id for sighting_id, *_ in changed}))


def _verdict(row: SightingRow) -> tuple[str, str | None, str | None, str]:
    return row.sighting_id, row.person_id, row.person_name, row.status.value
