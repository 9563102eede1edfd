"""The embedded stack as a user starts it, by the commands `up`, `enroll` and `submit`, with what it costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.processes import Spent, spending

COMMAND = (sys.executable, "-m", "dashboards.cli")
LIMIT_S = 3600.0
STOP_S = 30.0


@dataclass(slots=True)
class Stack:
    """A running stack and its data folder."""

    data: Path
    environment: Mapping[str, str]
    costs: list[Spent] = field(default_factory=list)

    def run(self, *arguments: str | Path) -> Spent:
        """Run one command to its end; what it cost, the stack's work included."""
        command = [*COMMAND, *map(str, arguments), "--data", str(self.data)]
        with spending(self.costs.append):
            subprocess.run(command, check=True, timeout=LIMIT_S, stdout=subprocess.DEVNULL, env=dict(self.environment))
        return self.costs[-1]


@contextmanager
def running(folder: Path, settings: Mapping[str, str]) -> Iterator[Stack]:
    """A stack on a new data folder below `folder`, with `settings` in its environment; both are gone afterwards."""
    data = Path(tempfile.mkdtemp(dir=folder, prefix="record-"))
    environment = {**os.environ, **settings}
    try:
        with subprocess.Popen([*COMMAND, "up", "--data", str(data)], stdout=sys.stderr, env=environment) as up:
            try:
                yield Stack(data, environment)
            finally:
                up.terminate()
                up.wait(STOP_S)
    finally:
        shutil.rmtree(data, ignore_errors=True)
