"""What every measurement is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FULL_S = 600.0
SHORT_S = 60.0


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """Where to keep footage and downloads, and how much to measure on."""

    folder: Path
    short: bool

    @property
    def seconds(self) -> float:
        """Length of the footage."""
        return SHORT_S if self.short else FULL_S

    @property
    def weights(self) -> Path:
        """The models cache."""
        return self.folder / "weights"
