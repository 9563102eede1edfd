"""A chunk that ends every worker is given up, and costs no more than itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.work.run_records import FailedChunk, RunState
from pipeline.control.work.runs import Runs
from pipeline.sightings.record.store import RowFilter, Store
from tests.end_to_end.killing import Stack, kill_settings, running_job
from workers.stack.children import ChildSpec
from workers.stack.embedded import embedded_server, make_run_dir
from workers.stack.running import worker_environment
from workers.stack.supervisor import Supervisor
from workers.streams import RedisTransport

pytestmark = pytest.mark.slow

POISON = 2
"""The chunk that ends its worker."""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A server, and a worker that chunk `POISON` ends whenever it comes."""
    run_dir = make_run_dir(tmp_path / "models")
    server = embedded_server(run_dir)
    environment = worker_environment(kill_settings(tmp_path / "unused", server.url), server.url)
    command = (sys.executable, "-m", "tests.workers.poisoned_detector", str(POISON))
    specs = [
        ChildSpec("server", server.command, environment, run_dir / "server.stderr"),
        ChildSpec("models", command, environment, run_dir / "models.stderr"),
    ]
    supervisor = Supervisor(server.url, specs[0], specs[1:])
    supervisor.start()
    yield Stack(server.url, supervisor)
    supervisor.stop()


def test_chunk_that_ends_three_workers_is_buried_and_the_file_goes_on(
    open_data: Path, tmp_path: Path, stack: Stack
) -> None:
    video = open_data / "videos" / "short_hamilton.mp4"

    with running_job(video, tmp_path / "data", stack.url) as (job, _):
        ended = job.wait_for_end()
        failed = Runs(job.control).failed_chunks(job.record.run)
        (note,) = RedisTransport(stack.url).buried(9)

    (minute,) = Store(tmp_path / "data").read_coverage(RowFilter())
    assert ended.state is RunState.PARTIAL
    assert ended.problem == "1 of 9 chunks could not be processed"
    assert failed == [FailedChunk(POISON, "detector", note.burial.reason)]
    assert (note.slot.number, note.burial.tries) == (POISON, 3)
    assert "3 times" in note.burial.reason
    assert (minute.failed, minute.decoded + minute.failed) == (16, minute.expected)
