"""The exit code says whether anything is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.cli.footage.intake import Refused
from dashboards.cli.footage.results import Results
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.sightings.reading import Reading
from tests.builders_recording import open_world


@pytest.fixture
def run(tmp_path: Path) -> RunRecord:
    world = open_world(tmp_path / "data")
    world.control.close()
    return world.record


@pytest.mark.parametrize(
    ("states", "n_refused", "code"),
    [
        ([RunState.DONE], 0, 0),
        ([RunState.DONE, RunState.DONE], 1, 3),
        ([RunState.DONE, RunState.PARTIAL], 0, 3),
        ([RunState.DONE, RunState.FAILED], 0, 3),
        ([RunState.FAILED], 0, 4),
    ],
)
def test_only_a_whole_result_is_ok(run: RunRecord, states: list[RunState], n_refused: int, code: int) -> None:
    results = Results(
        runs=[replace(run, state=state) for state in states],
        done_before=frozenset(),
        refused=[Refused(Path("a.txt"), "no video")] * n_refused,
        problems={},
        enrolment=None,
        reading=Reading((), {}, {}),
        report=None,
    )

    assert results.exit_code == code
