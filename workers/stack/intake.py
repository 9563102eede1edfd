"""The process that takes footage in, as one that runs beside the workers of `facetrail up`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workers.stack.children import ChildSpec

if TYPE_CHECKING:
    from pipeline.config import Settings
    from workers.stack.running import Besides

INTAKE = "intake"


def with_intake(settings: Settings, others: Besides) -> Besides:
    """`others`, and what takes in uploads, choices and what comes into watched folders, where there can be any.

    The work goes on without it.
    """
    if not (settings.web.enabled or settings.watch_folders):
        return others

    def children(environment: Mapping[str, str], logs_dir: Path) -> Sequence[ChildSpec]:
        command = (sys.executable, "-m", "workers", INTAKE, "--log", str(logs_dir / f"{INTAKE}.log"))
        intake = ChildSpec(INTAKE, command, environment, logs_dir / f"{INTAKE}.stderr", is_vital=False)
        return (intake, *others(environment, logs_dir))

    return children
