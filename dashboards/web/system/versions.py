"""Which versions of what are at work."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from pipeline.control.tables import SCHEMA_VERSION
from pipeline.sightings.rows import PIPELINE_VERSION

if TYPE_CHECKING:
    from dashboards.web.system.looking import SystemLook

PACKAGES = (
    ("TensorFlow", ("tensorflow", "tensorflow-cpu")),
    ("OpenCV", ("opencv-python-headless",)),
    ("PyAV", ("av",)),
    ("Arrow", ("pyarrow",)),
)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One thing and its version."""

    name: str
    version: str


def versions(look: SystemLook) -> Sequence[VersionLine]:
    """Facetrail, what it computes with, and the server."""
    libraries = [VersionLine(name, _first(packages)) for name, packages in PACKAGES]
    return [
        VersionLine("Facetrail", _first(("facetrail",))),
        VersionLine("Pipeline", PIPELINE_VERSION),
        VersionLine("Database schema", str(SCHEMA_VERSION)),
        *([VersionLine("Server", look.server.state.product)] if look.server else []),
        VersionLine("Python", platform.python_version()),
        *(line for line in libraries if line.version),
    ]


def _first(packages: Sequence[str]) -> str:
    """The version of the first of these packages that is installed; empty when none is."""
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""
