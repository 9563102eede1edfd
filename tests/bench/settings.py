"""What every measurement is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry

FULL_S = 600.0
SHORT_S = 60.0


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """Where to keep footage and downloads, and how much to measure on."""

    folder: Path
    short: bool
    encoders: tuple[str, ...] = ()
    """Those to look at one by one; all that anybody may fetch, if none is named."""

    @property
    def chosen_encoders(self) -> tuple[ManifestEntry, ...]:
        """Their entries in the manifest."""
        fetchable = (entry.name for entry in encoder_entries() if entry.package and not entry.terms)
        return tuple(encoder_entry(name) for name in self.encoders or fetchable)

    @property
    def seconds(self) -> float:
        """Length of the footage."""
        return SHORT_S if self.short else FULL_S

    @property
    def weights(self) -> Path:
        """The models cache."""
        return self.folder / "weights"
