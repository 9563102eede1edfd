"""Jobs: queued once, queued again when lost, and nothing done that is not ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from pipeline.control.database import Control
from pipeline.control.work.run_records import RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import Sources
from pipeline.errors import TransportLost
from pipeline.schemas import RunKey
from tests.builders import RUN
from tests.builders_recording import make_new_source, submit
from workers.footage.ingest import ORPHANED_S
from workers.footage.jobs import MOST_ATTEMPTS, QUEUE, FootageWorker, JobQueue, tend_runs, work_on_footage
from workers.footage.submission import cancel_run, hand_over
from workers.streams import connect
from workers.wire.memory import MemoryTransport

LATER = timedelta(seconds=60)


@pytest.fixture
def runs(control: Control) -> Runs:
    """One run, queued."""
    Sources(control).upsert(make_new_source())
    submit(control, RUN)
    return Runs(control)


def test_empty_queue_waits_for_nothing(redis_url: str) -> None:
    assert JobQueue(redis_url).waiting() == frozenset()


def test_run_is_handed_over_once(redis_url: str, runs: Runs) -> None:
    for _ in range(2):
        hand_over(redis_url, runs.list())

    assert JobQueue(redis_url).waiting() == {RUN.run_id}
    assert Queue(QUEUE, connection=connect(redis_url), serializer=JSONSerializer).count == 1


def test_finished_run_is_not_handed_over(redis_url: str, runs: Runs) -> None:
    runs.fail(RUN.run_id, "gone")

    hand_over(redis_url, runs.list())

    assert JobQueue(redis_url).waiting() == frozenset()


def test_run_whose_job_was_lost_is_queued_again(redis_url: str, runs: Runs) -> None:
    jobs = JobQueue(redis_url)

    tend_runs(runs, jobs, datetime.now(UTC))
    just_submitted = jobs.waiting()
    tend_runs(runs, jobs, datetime.now(UTC) + LATER)

    assert just_submitted == frozenset()
    assert jobs.waiting() == {RUN.run_id}


def test_run_whose_ingest_died_is_queued_again(redis_url: str, runs: Runs) -> None:
    jobs, now = JobQueue(redis_url), datetime.now(UTC)
    runs.mark_ingesting(RUN.run_id, "token", now)

    tend_runs(runs, jobs, now + timedelta(seconds=ORPHANED_S - 1))
    while_it_may_live = runs.get(RUN.run_id).state
    tend_runs(runs, jobs, now + timedelta(seconds=ORPHANED_S + 1))

    assert while_it_may_live is RunState.INGESTING
    assert runs.get(RUN.run_id).state is RunState.QUEUED
    assert jobs.waiting() == {RUN.run_id}


def test_run_that_ends_every_ingest_fails_at_last(redis_url: str, runs: Runs) -> None:
    now = datetime.now(UTC)
    for _ in range(MOST_ATTEMPTS):
        runs.mark_ingesting(RUN.run_id, "token", now)

    tend_runs(runs, JobQueue(redis_url), now + LATER)

    assert runs.get(RUN.run_id).state is RunState.FAILED


@pytest.mark.parametrize("function", ["os.getcwd", "pathlib.Path.unlink"])
def test_job_that_is_not_ours_is_refused(redis_url: str, function: str, caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue(QUEUE, connection=connect(redis_url), serializer=JSONSerializer)
    job = queue.enqueue_call(function, job_id="foreign")
    worker = FootageWorker([queue], connection=queue.connection, serializer=JSONSerializer)

    done = worker.perform_job(job, queue, None)

    assert not done
    assert function in caplog.text


def test_cancelled_runs_chunks_on_their_way_are_dropped(control: Control) -> None:
    Sources(control).upsert(make_new_source())
    other = RunKey(RUN.source_id, "r_other")
    submit(control, other)
    transport = MemoryTransport()

    record = cancel_run(control, transport, other.run_id)

    assert record.state is RunState.CANCELLED
    assert transport.in_flight(other.run_id) == {}


def test_worker_without_a_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(TransportLost, match="Redis"):
        work_on_footage(f"unix://{tmp_path}/nobody.sock")
