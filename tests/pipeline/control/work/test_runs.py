"""Runs: their states, and who may change them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.work.runs import FailedChunk, NewRun, Runs, RunState
from pipeline.control.work.sources import Sources
from pipeline.errors import NotFound
from pipeline.schemas import RunKey
from tests.builders import RUN, START
from tests.builders_recording import make_new_source, submit
from tests.control_databases import open_database

LATER = START + timedelta(seconds=60)
RUN_ID = RUN.run_id


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    Sources(opened).upsert(make_new_source())
    yield opened
    opened.close()


@pytest.fixture
def runs(control: Control) -> Runs:
    submit(control, RUN)
    return Runs(control)


def test_no_runs_at_first(control: Control) -> None:
    assert Runs(control).list() == []


def test_submitted_run_is_queued_with_what_its_source_says(runs: Runs) -> None:
    record = runs.get(RUN_ID)

    assert (record.state, record.next_chunk, record.attempts) == (RunState.QUEUED, 0, 0)
    assert (record.label, record.path, record.start_ts) == ("door.mp4", "/footage/door.mp4", START)


def test_run_of_an_unknown_source_is_refused(control: Control) -> None:
    with pytest.raises(NotFound, match="no source 'f_none'"):
        submit(control, RunKey("f_none", "r_1"))


def test_unknown_run_is_refused(runs: Runs) -> None:
    with pytest.raises(NotFound, match="no run 'r_none'"):
        runs.get("r_none")


def test_submitting_again_is_the_same_run(control: Control, runs: Runs) -> None:
    runs.mark_ingesting(RUN_ID, "ingest-1", START)

    assert submit(control, RUN).state is RunState.INGESTING
    assert len(runs.list()) == 1


@pytest.mark.parametrize("leave", [Runs.cancel, lambda runs, run_id: runs.fail(run_id, "the disk is gone")])
def test_run_that_was_left_goes_on_when_submitted_again(control: Control, runs: Runs, leave) -> None:
    leave(runs, RUN_ID)

    record = submit(control, RUN)

    assert (record.state, record.problem) == (RunState.QUEUED, None)


def test_submitting_again_takes_the_last_options(control: Control, runs: Runs) -> None:
    other = NewRun(run=RUN, options_json='{"identity":{"min_faces":4}}', encoder="dlib-resnet", gallery_version=0)

    assert "min_faces" in runs.submit(other).options_json


def test_ingest_goes_through_its_states(runs: Runs) -> None:
    begun = runs.mark_ingesting(RUN_ID, "ingest-1", START)

    assert (begun.state, begun.attempts, begun.job_token) == (RunState.INGESTING, 1, "ingest-1")
    assert runs.heartbeat(RUN_ID, "ingest-1", LATER)
    assert runs.mark_draining(RUN_ID, "ingest-1", 12, LATER)
    assert (runs.get(RUN_ID).state, runs.get(RUN_ID).n_chunks) == (RunState.DRAINING, 12)


def test_replaced_ingest_is_told_to_stop(runs: Runs) -> None:
    runs.mark_ingesting(RUN_ID, "ingest-1", START)
    runs.mark_ingesting(RUN_ID, "ingest-2", START)

    assert not runs.heartbeat(RUN_ID, "ingest-1", LATER)
    assert not runs.mark_draining(RUN_ID, "ingest-1", 12, LATER)
    assert runs.heartbeat(RUN_ID, "ingest-2", LATER)


def test_ingest_of_a_cancelled_run_is_told_to_stop(runs: Runs) -> None:
    runs.mark_ingesting(RUN_ID, "ingest-1", START)
    runs.cancel(RUN_ID)

    assert not runs.heartbeat(RUN_ID, "ingest-1", LATER)
    assert runs.mark_ingesting(RUN_ID, "ingest-2", LATER).state is RunState.CANCELLED


def test_silent_run_is_queued_again_and_a_living_one_left_alone(runs: Runs) -> None:
    runs.mark_ingesting(RUN_ID, "ingest-1", START)

    assert runs.requeue_orphans(30, START + timedelta(seconds=29)) == []
    assert [record.state for record in runs.requeue_orphans(30, START + timedelta(seconds=30))] == [RunState.QUEUED]
    assert not runs.heartbeat(RUN_ID, "ingest-1", LATER)


def test_failed_run_keeps_its_reason(runs: Runs) -> None:
    runs.fail(RUN_ID, "the file is damaged at its start")

    assert runs.list([RunState.FAILED])[0].problem == "the file is damaged at its start"
    assert runs.active() == []


def test_failed_chunks_are_noted_once_and_in_order(runs: Runs) -> None:
    for number in (7, 3, 7):
        runs.add_failed_chunk(RUN, number, "detector", "it took three tries")

    assert runs.failed_chunks(RUN) == [
        FailedChunk(3, "detector", "it took three tries"),
        FailedChunk(7, "detector", "it took three tries"),
    ]


def test_restarted_run_begins_at_its_first_chunk(runs: Runs) -> None:
    runs.add_failed_chunk(RUN, 7, "detector", "it took three tries")
    runs.fail(RUN_ID, "the disk is gone")

    record = runs.restart(RUN_ID)

    assert (record.state, record.next_chunk, runs.failed_chunks(RUN)) == (RunState.QUEUED, 0, [])
