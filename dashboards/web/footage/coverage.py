"""What became of the samples of footage, for a bar and for a strip along its time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.sightings.rows import CoverageRow

MOST_CELLS = 120
"""Cells of the strip; a longer one has several minutes in each."""


@dataclass(frozen=True, slots=True)
class Fate:
    """One thing that can become of a sample."""

    name: str
    words: str
    n_samples: int
    part: float
    """Of all samples, 0..1."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Some minutes of the strip."""

    first_minute: int
    n_minutes: int
    kind: str
    """The worst of it: good, gated, dropped or failed."""
    part_seen: float
    """Samples that were looked at, or in which nothing had changed, of all; 0..1."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of a footage's samples."""

    fates: tuple[Fate, ...] = ()
    """In a fixed order; those of no sample are left out."""
    cells: tuple[Cell, ...] = ()
    n_samples: int = 0

    @property
    def part_seen(self) -> float:
        """Samples that are accounted for without loss, 0..1."""
        lost = sum(fate.n_samples for fate in self.fates if fate.name in {"dropped", "failed"})
        return 1.0 if not self.n_samples else 1.0 - lost / self.n_samples


def coverage_of(rows: Iterable[CoverageRow]) -> Coverage:
    """The bar and the strip of one run's minutes."""
    ordered = sorted(rows, key=lambda row: row.minute)
    counts = (
        ("decoded", "searched for faces", sum(row.decoded for row in ordered)),
        ("gated", "unchanged, so not searched again", sum(row.gated for row in ordered)),
        ("dropped", "left out", sum(row.dropped for row in ordered)),
        ("failed", "could not be read", sum(row.failed for row in ordered)),
    )
    total = sum(n for _, _, n in counts)
    fates = tuple(Fate(name, words, n, n / total) for name, words, n in counts if n)
    return Coverage(fates, _cells(ordered), total)


def _cells(ordered: Sequence[CoverageRow]) -> tuple[Cell, ...]:
    if not ordered:
        return ()
    n_minutes = ordered[-1].minute + 1
    width = -(-n_minutes // MOST_CELLS)
    by_cell: dict[int, list[CoverageRow]] = {}
    for row in ordered:
        by_cell.setdefault(row.minute // width, []).append(row)
    return tuple(_cell(place * width, width, by_cell.get(place, [])) for place in range(-(-n_minutes // width)))


def _cell(first_minute: int, n_minutes: int, rows: Sequence[CoverageRow]) -> Cell:
    decoded, gated = sum(row.decoded for row in rows), sum(row.gated for row in rows)
    dropped, failed = sum(row.dropped for row in rows), sum(row.failed for row in rows)
    total = decoded + gated + dropped + failed
    if failed or not total:
        kind = "failed"
    elif dropped:
        kind = "dropped"
    else:
        kind = "decoded" if decoded >= gated else "gated"
    return Cell(first_minute, n_minutes, kind, (decoded + gated) / total if total else 0.0)
