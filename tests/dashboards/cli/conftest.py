"""Running commands as people do, in this process or in one of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboards.cli.app import build_app
from pipeline.control.gallery.people import People
from pipeline.sightings.folding.coverage import CoverageCount
from tests.builders import RUN
from tests.builders_recording import make_reference, make_seen, open_world, submit


@dataclass(frozen=True)
class Said:
    """What a command said, and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def facetrail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, in a folder of its own whose data folder is `data`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    for name in [name for name in os.environ if name.startswith("FACETRAIL_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object, **environment: str) -> Said:
        result = CliRunner().invoke(build_app(), [str(argument) for argument in arguments], env=environment)
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A data folder in which `facetrail` of this test works: Ada is enrolled and was seen twice, a stranger once."""
    world = open_world(tmp_path / "data")
    People(world.control).enrol("Ada", [make_reference(0)])
    world.record = submit(world.control, RUN)
    minute = CoverageCount(minute=0, expected=300, decoded=200, gated=100, dropped=0, failed=0)
    world.commit(9, make_seen(1, 0, 0.0), make_seen(2, 1, 10.0), make_seen(3, 0, 20.0), minutes=(minute,))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    world.control.close()
    return world.data_dir
