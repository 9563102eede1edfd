"""What `models list` tells of one model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.encoders.local.measured import Accuracy, Speed
    from pipeline.encoders.manifest import ManifestEntry
    from pipeline.faces.detectors.manifest import DetectorEntry

STATES = {
    "ready": "[green]ready[/]",
    "to_fetch": "to fetch",
    "to_add": "add a file",
    "terms": "[yellow]terms to accept[/]",
    "damaged": "[bold red]damaged[/]",
}
"""States of a model, in the user's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model: where it is from, whether it can be used, and what was measured of it."""

    name: str
    kind: str
    """encoder or detector."""
    summary: str
    is_default: bool
    """Whether the data folder uses it, or would be made with it."""
    state: str
    """ready, to_fetch, to_add, terms or damaged."""
    problem: str
    origin: str
    licence: str
    terms: str
    path: Path | None
    size_bytes: int | None
    """Of the file, where it is here."""
    download_bytes: int | None
    """Of what is still to be fetched."""
    dimensions: int | None = None
    input_size: int | None = None
    alignment: str | None = None
    threshold: float | None = None
    """Cosine from which a track may be known."""
    threshold_source: str | None = None
    speed: Speed | None = None
    """As `models check` measured it here."""
    accuracy: tuple[Accuracy, ...] = ()
    """As `models compare` measured it here, the latest first."""


def encoder_row(entry: ManifestEntry, weights_dir: Path, current: str) -> ModelRow:
    """The row of an encoder; its file is checked to the byte."""
    from pipeline.encoders.local.availability import ModelState, availability
    from pipeline.encoders.local.measured import measured_of

    found = availability(entry, weights_dir)
    known = measured_of(entry, weights_dir)
    is_here = found.path is not None
    return ModelRow(
        name=entry.name,
        kind="encoder",
        summary=entry.summary,
        is_default=entry.name == current,
        state=found.state.value,
        problem=found.problem,
        origin=_origin(entry, weights_dir),
        licence=entry.licence,
        terms=entry.terms,
        path=found.path,
        size_bytes=found.n_bytes if is_here else None,
        download_bytes=found.n_bytes if found.state is ModelState.TO_FETCH else None,
        dimensions=entry.dimensions,
        input_size=entry.input_size,
        alignment=entry.alignment,
        threshold=entry.calibration.threshold,
        threshold_source=entry.calibration.source,
        speed=known.speed,
        accuracy=tuple(sorted(known.accuracy.values(), key=lambda one: one.measured_at, reverse=True)),
    )


def detector_row(entry: DetectorEntry, weights_dir: Path, current: str) -> ModelRow:
    """The row of a detector."""
    from pipeline.errors import WeightsError
    from pipeline.faces.detectors.choice import detector_weights, has_weights

    paths: list[Path] = []
    problem = ""
    try:
        paths = detector_weights(entry.name, weights_dir) if has_weights(entry.name, weights_dir) else []
    except WeightsError as error:
        problem = str(error)
    return ModelRow(
        name=entry.name,
        kind="detector",
        summary=entry.summary,
        is_default=entry.name == current,
        state="damaged" if problem else "ready" if paths else "to_fetch",
        problem=problem,
        origin=f"package {entry.package} {entry.version}",
        licence=entry.licence,
        terms="",
        path=paths[0] if paths else None,
        size_bytes=sum(path.stat().st_size for path in paths) or None,
        download_bytes=None,
    )


def _origin(entry: ManifestEntry, weights_dir: Path) -> str:
    from pipeline.encoders.manifest import local_entries

    if entry.tail:
        return "trained here"
    if not entry.package:
        return "your file"
    is_local = entry in local_entries(weights_dir)
    return f"package {entry.package} {entry.version}" + (", aligned anew here" if is_local else "")
