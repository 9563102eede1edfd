"""The process that takes footage in, as one that runs beside the workers of `facetrail up`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from workers.stack.children import ChildSpec

INTAKE = "intake"


def intake_children(environment: Mapping[str, str], logs_dir: Path) -> Sequence[ChildSpec]:
    """What takes in uploads, choices and what comes into watched folders; the work goes on without it."""
    command = (sys.executable, "-m", "workers", INTAKE, "--log", str(logs_dir / f"{INTAKE}.log"))
    return (ChildSpec(INTAKE, command, environment, logs_dir / f"{INTAKE}.stderr", is_vital=False),)
