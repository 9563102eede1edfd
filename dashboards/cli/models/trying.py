"""Trying one encoder in a process of its own, so that what it takes of memory is its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.encoders.local.trying import Trial
    from pipeline.encoders.manifest import ManifestEntry
    from pipeline.encoders.registry import Encoder


@dataclass(frozen=True, slots=True)
class Tried:
    """How an encoder did, and how long it took to build."""

    trial: Trial
    load_s: float


def prove(entry: ManifestEntry, path: Path) -> None:
    """Build the encoder of an entry from the weights at `path`, and try it; raises `WeightsError` if it is no good."""
    from dashboards.cli.apart import run_apart
    from dashboards.cli.progress import waiting
    from pipeline.errors import WeightsError

    with waiting(f"building {entry.name}"):
        (tried,) = run_apart(try_file, entry, path)
    if tried.trial.problem:
        raise WeightsError(f"{path.name} cannot be used as {entry.name}: {tried.trial.problem}")


def try_model(entry: ManifestEntry, weights_dir: Path) -> Iterator[Tried]:
    """Try the encoder of an entry as the data folder has it. Imports TensorFlow: meant for a process of its own."""
    from pipeline.encoders.registry import load_encoder

    yield _try(entry, lambda: load_encoder(entry.name, weights_dir))


def try_file(entry: ManifestEntry, path: Path) -> Iterator[Tried]:
    """Try the encoder of an entry with the weights at `path`. Imports TensorFlow: meant for a process of its own."""
    from pipeline.encoders.local.adding import encoder_at

    yield _try(entry, lambda: encoder_at(entry, path))


def _try(entry: ManifestEntry, load: Callable[[], Encoder]) -> Tried:
    from pipeline.encoders.local.trying import device_name, try_encoder

    device_name()  # what TensorFlow takes to start is not the model's
    begun = time.perf_counter()
    encoder = load()
    load_s = time.perf_counter() - begun
    return Tried(try_encoder(encoder, entry, datetime.now(UTC)), load_s)
