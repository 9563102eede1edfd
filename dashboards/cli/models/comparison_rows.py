"""One row of `models compare`, for the table, for JSON and for CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboards.cli.models.comparing import Compared
    from pipeline.identity.calibration.rates import Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, with the 95 % interval of the true share (Wilson)."""

    count: int
    out_of: int
    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.3f} ({self.count} of {self.out_of}; {self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """How one encoder did on a set; null where the set cannot say."""

    name: str
    n_without_face: int
    auc: float | None
    pairs_found: Share | None
    """Pairs of one person found when 1 % of the others are let through."""
    pairs_different: int | None
    """Pairs of two people."""
    pairs_threshold: float | None
    named: Share | None
    """Pictures named rightly when 1 % of strangers are given a name."""
    named_threshold: float | None
    named_as_shipped: Share | None
    strangers_named: Share | None
    """Strangers given a name at the threshold that the encoder comes with."""
    people: int | None
    one_face_ms: float
    faces_per_s: float
    device: str
    note: str


def row_of(compared: Compared) -> ComparisonRow:
    """The row of one encoder."""
    figures, speed = compared.figures, compared.speed
    pairs, open_set = figures.pairs, figures.open_set
    return ComparisonRow(
        name=compared.name,
        n_without_face=figures.n_without_face,
        auc=None if pairs is None else pairs.auc,
        pairs_found=None if pairs is None else _share(pairs.hits),
        pairs_different=None if pairs is None else pairs.n_different,
        pairs_threshold=None if pairs is None else pairs.threshold,
        named=None if open_set is None else _share(open_set.identified),
        named_threshold=None if open_set is None else open_set.threshold,
        named_as_shipped=None if open_set is None else _share(open_set.identified_as_shipped),
        strangers_named=None if open_set is None else _share(open_set.strangers_named),
        people=None if open_set is None else open_set.n_people,
        one_face_ms=speed.one_face_ms,
        faces_per_s=speed.faces_per_s,
        device=speed.device,
        note=_note(compared),
    )


def write_csv(path: Path, rows: Sequence[ComparisonRow]) -> None:
    """The rows as CSV, a share in five columns of its own."""
    import csv

    flat = [_flat(asdict(row)) for row in rows]
    columns = list(dict.fromkeys(column for row in flat for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(flat)


def _flat(row: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": of_share for part, of_share in value.items()}
        elif value is not None:
            flat[name] = value
    return flat


def _share(share: Proportion) -> Share:
    return Share(count=share.successes, out_of=share.trials, share=share.rate, low=share.low, high=share.high)


def _note(compared: Compared) -> str:
    """What to bear in mind with these figures."""
    figures = compared.figures
    notes = []
    if figures.n_without_face:
        notes.append(f"{figures.n_without_face} of {figures.n_photos} pictures show no usable face and count nowhere")
    if figures.pairs is None:
        notes.append("there are no two pictures of one person, or no two people")
    if figures.open_set is not None and figures.open_set.strangers_named.trials < 100:
        notes.append(f"1 % of {figures.open_set.strangers_named.trials} strangers is less than one: add people")
    return "; ".join(notes)
