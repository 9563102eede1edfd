"""The command `facetrail` in a process of its own, on data folders that share fetched weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 240
QUIET = {"TZ": "UTC", "COLUMNS": "200"}


@dataclass(frozen=True)
class Said:
    """What a command said, and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Folder:
    """A data folder, and the commands on it."""

    data: Path

    def run(self, *arguments: object) -> Said:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments), capture_output=True, text=True, timeout=LIMIT_S, env=_environment(), check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command; the caller ends it."""
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command(arguments), stdout=pipe, stderr=pipe, text=True, env=_environment())

    def _command(self, arguments: tuple[object, ...]) -> list[str]:
        return [sys.executable, "-m", "dashboards.cli", *map(str, arguments), "--data", str(self.data)]


def make_folder(data: Path, weights: Path) -> Folder:
    """A new data folder that keeps its weights in `weights`."""
    data.mkdir(parents=True)
    (data / "weights").symlink_to(weights, target_is_directory=True)
    return Folder(data)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FACETRAIL_")} | QUIET
