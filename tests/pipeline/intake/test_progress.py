"""How far runs are, to somebody who looks now and then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.intake.progress import WINDOW_S, ProgressKeeper
from pipeline.options import AnalysisOptions
from tests.builders import RUN
from tests.builders_recording import open_world, submit


@pytest.fixture
def run(tmp_path: Path) -> RunRecord:
    """160 s of footage at 5 samples a second: a chunk is 3.2 s."""
    world = open_world(tmp_path)
    record = submit(world.control, RUN)
    world.control.close()
    return replace(
        record, state=RunState.INGESTING, duration_s=160.0, options_json=AnalysisOptions().to_json(), next_chunk=0
    )


def test_first_look_knows_the_part_and_no_pace(run: RunRecord) -> None:
    progress = ProgressKeeper().look(replace(run, next_chunk=5), now_s=100.0)

    assert (progress.part, progress.pace.times_realtime) == (0.1, None)


def test_pace_is_that_of_the_last_looks(run: RunRecord) -> None:
    keeper = ProgressKeeper()
    keeper.look(run, 0.0)

    progress = keeper.look(replace(run, next_chunk=10), 4.0)

    assert (progress.pace.times_realtime, progress.pace.remaining_s) == (8.0, 16.0)


def test_looks_of_long_ago_count_no_more(run: RunRecord) -> None:
    keeper = ProgressKeeper()
    keeper.look(run, 0.0)
    keeper.look(replace(run, next_chunk=10), WINDOW_S + 1)

    progress = keeper.look(replace(run, next_chunk=15), WINDOW_S + 5)

    assert progress.pace.times_realtime == 4.0


def test_run_that_started_over_is_measured_anew(run: RunRecord) -> None:
    keeper = ProgressKeeper()
    keeper.look(replace(run, next_chunk=20), 0.0)

    progress = keeper.look(replace(run, next_chunk=1), 2.0)

    assert progress.pace.times_realtime is None


def test_complete_run_is_done(run: RunRecord) -> None:
    progress = ProgressKeeper().look(replace(run, state=RunState.DONE, next_chunk=50, n_chunks=50), 0.0)

    assert (progress.part, progress.pace.media_s) == (1.0, 160.0)
