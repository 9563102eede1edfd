"""The process of the pages as one that runs beside the workers of `facetrail up`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workers.stack.children import ChildSpec

if TYPE_CHECKING:
    from pipeline.config import Settings
    from workers.stack.running import Besides


def web_children(settings: Settings) -> Besides:
    """What starts the pages, if the settings want them; the work goes on without them when they cannot be shown."""

    def children(environment: Mapping[str, str], logs_dir: Path) -> Sequence[ChildSpec]:
        if not settings.web.enabled:
            return ()
        command = (sys.executable, "-m", "dashboards.web", "--log", str(logs_dir / "web.log"))
        return (ChildSpec("web", command, environment, logs_dir / "web.stderr", is_vital=False),)

    return children
