"""Which encoder a file of weights is for, by its content: its checksum, or the names that the layers in it have.

Shapes alone say nothing: an untrained network, or one trained for something else, has the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.encoders.formats.keras_format import read_keras_weights
from pipeline.encoders.local.model_files import content_sha256
from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import InputError, NotFound, WeightsError

HDF5_OPENING = b"\x89HDF\r\n\x1a\n"
SE_LAYER, RESNET_LAYER = "conv2_1_1x1_up", "conv2_1_1x1_increase"
KERAS_LAYERS: dict[str, tuple[str, ...]] = {
    "vggface2-senet50": (SE_LAYER, "conv5_3_1x1_increase"),
    "vggface2-resnet50": (RESNET_LAYER, "conv5_3_1x1_increase"),
    "vggface-vgg16": ("conv1_1", "conv5_3"),
    "facenet-128": ("Block35_1_Branch_0_Conv2d_1x1", "Block8_6_Branch_0_Conv2d_1x1"),
}
"""Layers that only the network of this encoder has; the first encoder whose layers are all there is the one, since a
squeeze-and-excitation network has those of its simpler sister, too."""
TUTORIAL_FILES = ("conv1_w.csv", "bn1_w.csv", "inception_3a_1x1_conv_w.csv", "dense_w.csv")
"""What a folder of the tutorials' CSV files has among others."""
TUTORIAL_LAYERS = ("conv1", "inception_3a_3x3_conv1")
TUTORIALS = "--as nn4-small2 (OpenFace's network) or --as nn4-small2-tutorial (the tutorials' own)"


def recognise(source: Path, entries: Sequence[ManifestEntry]) -> ManifestEntry:
    """The entry of the encoder that the file (or folder) `source` is for.

    Raises `NotFound` when there is nothing, and `InputError`, saying what to type, when its content does not tell.
    """
    if not source.exists():
        raise NotFound(f"there is no file or folder {source}")
    digest = content_sha256(source)
    by_name = {entry.name: entry for entry in entries}
    for entry in entries:
        if entry.sha256 == digest:
            return entry
    if source.is_dir():
        raise _unclear(source, TUTORIALS if _has_all(source, TUTORIAL_FILES) else "")
    for name in _networks(source):
        if name in by_name:
            return by_name[name]
    raise _unclear(source, TUTORIALS if _layers(source, TUTORIAL_LAYERS) == set(TUTORIAL_LAYERS) else "")


def _networks(source: Path) -> list[str]:
    """The encoders whose layers a file of Keras has; nothing for any other file."""
    wanted = {layer for layers in KERAS_LAYERS.values() for layer in layers}
    present = _layers(source, tuple(wanted))
    return [name for name, layers in KERAS_LAYERS.items() if present.issuperset(layers)]


def _layers(source: Path, wanted: tuple[str, ...]) -> set[str]:
    """Those of the layers `wanted` that a file of Keras has."""
    with source.open("rb") as content:
        if content.read(len(HDF5_OPENING)) != HDF5_OPENING:
            return set()
    try:
        return set(read_keras_weights(source, wanted).layers)
    except WeightsError:
        return set()


def _has_all(folder: Path, names: Sequence[str]) -> bool:
    return all((folder / name).is_file() for name in names)


def _unclear(source: Path, choice: str) -> InputError:
    how = choice or "--as ENCODER (`facetrail models list` has the names)"
    return InputError(f"the content of {source.name} does not say which encoder it is for; say so by {how}")
