"""From a backbone's name to the network that a classifier is built on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.encoders.local.measured import fingerprint
from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry
from pipeline.encoders.registry import alignment_of, load_network
from pipeline.errors import InputError, NotFound
from pipeline.faces.alignment import ALIGNMENTS, Alignment
from pipeline.training.classifier.networks import ClassifierNetwork, EmbeddingHead, FromScratch, TailHead

SMALL = "small-cnn"
USERS_WEIGHTS = {"vgg16": "vggface-vgg16", "resnet50": "vggface2-resnet50", "senet50": "vggface2-senet50"}
"""Backbones of the tutorials, and the encoder whose weights the user adds."""
SMALL_ALIGNMENT, LARGE_ALIGNMENT = "openface-96", "vggface-224"


@dataclass(frozen=True, slots=True)
class Backbone:
    """What a classifier is built on."""

    name: str
    entry: ManifestEntry | None
    """The encoder; None for a network from scratch."""
    learns_tail: bool
    """Whether the encoder's last layers learn as well."""

    @property
    def alignment(self) -> Alignment:
        """How its faces must be aligned."""
        if self.entry is not None:
            return alignment_of(self.entry)
        return ALIGNMENTS[SMALL_ALIGNMENT if self.name == SMALL else LARGE_ALIGNMENT]

    @property
    def digest(self) -> str:
        """What tells the encoder's vectors from any other's; empty for a network from scratch."""
        return "" if self.entry is None else fingerprint(self.entry)


def find_backbone(name: str, weights_dir: Path, *, from_scratch: bool) -> Backbone:
    """The backbone `name`: small-cnn, vgg16, resnet50, senet50, or an encoder.

    Raises `NotFound` for an unknown one, and `InputError` for an encoder that shall begin from scratch.
    """
    if name == SMALL or (from_scratch and name in USERS_WEIGHTS):
        return Backbone(name, None, learns_tail=False)
    if from_scratch:
        raise InputError(f"only {', '.join((SMALL, *USERS_WEIGHTS))} can be trained from scratch, not {name}")
    if name in USERS_WEIGHTS:
        return Backbone(name, encoder_entry(USERS_WEIGHTS[name], weights_dir), learns_tail=True)
    if name not in {entry.name for entry in encoder_entries(weights_dir)}:
        known = ", ".join((SMALL, *USERS_WEIGHTS, *(entry.name for entry in encoder_entries(weights_dir))))
        raise NotFound(f"no backbone is called {name!r}; known are {known}")
    return Backbone(name, encoder_entry(name, weights_dir), learns_tail=False)


def build_network(backbone: Backbone, weights_dir: Path, n_labels: int, seed: int) -> ClassifierNetwork:
    """The network, ready to learn; raises `WeightsError` when the encoder's weights cannot be had."""
    if backbone.entry is None:
        return FromScratch(backbone.name, n_labels, seed)
    network = load_network(backbone.entry, weights_dir)
    return TailHead(network, n_labels) if backbone.learns_tail else EmbeddingHead(network, n_labels)
