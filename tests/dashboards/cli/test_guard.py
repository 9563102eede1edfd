"""Errors are one sentence and an exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dashboards.cli.exits import ExitCode, exit_code_for
from pipeline.errors import NoFaceFound, PipelineError, StoreFull, TransportLost
from tests.dashboards.cli.conftest import Run

COMMANDS = (
    *("analyze", "submit", "jobs", "sample", "source list", "source set-start"),
    *("timeline", "sightings", "attendance", "report", "evaluate"),
    *("enroll", "identify", "verify", "relabel", "people list", "people rename", "people remove"),
    *("up", "status", "worker", "config show"),
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoFaceFound("x"), ExitCode.WRONG_INPUT),
        (StoreFull("x"), ExitCode.TROUBLE),
        (TransportLost("x"), ExitCode.TROUBLE),
        (PermissionError("x"), ExitCode.TROUBLE),
    ],
)
def test_exit_code_tells_input_from_trouble(error: PipelineError | OSError, code: ExitCode) -> None:
    assert exit_code_for(error) == code


def test_error_is_one_sentence_without_a_trace(facetrail: Run) -> None:
    said = facetrail("people", "list")

    assert said.code == ExitCode.WRONG_INPUT
    assert said.out == ""
    assert said.err.startswith("error: there is no Facetrail data in data")
    assert "Traceback" not in said.err


def test_error_is_an_object_with_json(facetrail: Run) -> None:
    said = facetrail("people", "list", "--json")

    assert said.json["error"]["kind"] == "NotFound"
    assert said.json["error"]["exit_code"] == ExitCode.WRONG_INPUT


@pytest.mark.parametrize(
    "line", ["sightings --wrong --json", "sightings --json --wrong", "analyze --json", "people rename Ada --json"]
)
def test_command_line_that_cannot_be_parsed_is_an_object_with_json(facetrail: Run, line: str) -> None:
    said = facetrail(*line.split())

    assert said.code == said.json["error"]["exit_code"] == ExitCode.WRONG_INPUT
    assert "Usage: " in said.err


def test_debug_shows_the_trace(facetrail: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACETRAIL_DEBUG", "0")

    said = facetrail("--debug", "people", "list")

    assert said.code == ExitCode.WRONG_INPUT
    assert "NotFound" in said.err


@pytest.mark.slow
def test_every_command_has_help_with_examples(facetrail: Run) -> None:
    for command in COMMANDS:
        said = facetrail(*command.split(), "--help")
        assert said.code == 0
        assert "Examples" in said.out, command


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    script = (
        "import sys, dashboards.cli.__main__ as m, dashboards.cli.app as a; a.build_app();"
        "heavy = {'tensorflow', 'pandas', 'pyarrow', 'sqlalchemy', 'cv2', 'av', 'redis', 'rq', 'jinja2'};"
        "heavy &= set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path.cwd(), check=False)

    assert (done.returncode, done.stderr) == (0, "")
