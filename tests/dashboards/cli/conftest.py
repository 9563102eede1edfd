"""Running commands as people do, in this process or in one of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboards.cli.app import build_app


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

    def run(*arguments: object, **environment: str) -> Said:
        result = CliRunner().invoke(build_app(), [str(argument) for argument in arguments], env=environment)
        return Said(result.exit_code, result.stdout, result.stderr)

    return run
