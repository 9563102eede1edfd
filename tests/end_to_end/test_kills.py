"""Killing anything in the middle of a file changes nothing in the record."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.control.work.run_records import RunState
from tests.end_to_end.killing import (
    Record,
    Stack,
    assert_same,
    kill,
    kill_settings,
    model_stack,
    pid_of,
    running_job,
    submit,
    wait_until,
    workers,
)
from workers.stack.running import worker_environment

pytestmark = pytest.mark.slow

SEED = 20260302
"""Of the moments at which things are killed."""
NO_ROOM_BYTES = 512
"""To this size files may still grow: as good as a full disk."""
LAST_MOMENT = 6
"""Of the clip's nine chunks, so that there is always something left to do."""


@pytest.fixture(scope="module")
def video(open_data: Path) -> Path:
    """Nine seconds with several faces: nine chunks of samples."""
    return open_data / "videos" / "short_hamilton.mp4"


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory, open_data: Path, weights_cache: Path) -> Path:
    """A data folder with a gallery and nothing else, to be copied."""
    from pipeline.analysis import analyze

    folder = tmp_path_factory.mktemp("enrolled") / "data"
    folder.mkdir()
    (folder / "weights").symlink_to(weights_cache)
    analyze([], data_dir=folder, gallery=open_data / "gallery" / "hamilton")
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, enrolled: Path) -> Path:
    """A data folder in which people are enrolled and nothing was analysed."""
    return Path(shutil.copytree(enrolled, tmp_path / "data", symlinks=True))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, video: Path, enrolled: Path) -> Record:
    """What the run leaves behind when it is done in one process."""
    from pipeline.analysis import analyze

    folder = Path(shutil.copytree(enrolled, tmp_path_factory.mktemp("undisturbed") / "data", symlinks=True))
    settings = kill_settings(folder)
    job = submit(settings, video)
    analyze([video], data_dir=folder, options=settings.options())
    record = job.read_record()
    job.control.close()
    assert record.state is RunState.DONE
    assert len(record.tracks) > 3
    assert any("lin_manuel_miranda" in row for row in record.sightings)
    return record


@pytest.fixture(scope="module")
def stack(enrolled: Path) -> Iterator[Stack]:
    """A server with a detector and an encoder, for every test here that does not need its own."""
    with model_stack(enrolled) as stack:
        yield stack


@pytest.fixture
def moment(request: pytest.FixtureRequest) -> int:
    """How many chunks are recorded when something is killed; the same in every session."""
    return random.Random(f"{SEED} {request.node.name}").randint(1, LAST_MOMENT)


def test_workers_find_what_one_process_finds(video: Path, data_dir: Path, stack: Stack, undisturbed: Record) -> None:
    with running_job(video, data_dir, stack.url) as (job, _):
        job.wait_for_end()
        assert_same(job.read_record(), undisturbed)


def test_several_detectors_find_what_one_process_finds(
    video: Path, data_dir: Path, enrolled: Path, undisturbed: Record
) -> None:
    with (
        model_stack(enrolled, detectors=3) as stack,
        running_job(video, data_dir, stack.url) as (job, _),
    ):
        job.wait_for_end()
        assert_same(job.read_record(), undisturbed)


@pytest.mark.parametrize("name", ["detector-1", "encoder-1", "server"])
def test_killed_model_or_server_changes_nothing(
    name: str, video: Path, data_dir: Path, stack: Stack, undisturbed: Record, moment: int
) -> None:
    with running_job(video, data_dir, stack.url) as (job, _):
        job.wait_for_chunk(moment)
        kill(pid_of(stack.supervisor, name))
        assert job.now().state.is_active

        job.wait_for_end()

        assert_same(job.read_record(), undisturbed)


@pytest.mark.parametrize("name", ["aggregator", "ingest-1"])
def test_killed_aggregator_or_ingest_changes_nothing(
    name: str, video: Path, data_dir: Path, stack: Stack, undisturbed: Record, moment: int
) -> None:
    with running_job(video, data_dir, stack.url) as (job, supervisor):
        job.wait_for_chunk(moment)
        kill(pid_of(supervisor, name))
        assert job.now().state.is_active

        job.wait_for_end()

        assert_same(job.read_record(), undisturbed)


def test_killed_reader_of_the_file_changes_nothing(
    video: Path, data_dir: Path, stack: Stack, undisturbed: Record, moment: int
) -> None:
    with running_job(video, data_dir, stack.url) as (job, supervisor):
        job.wait_for_chunk(moment)
        for process in psutil.Process(pid_of(supervisor, "ingest-1")).children():
            kill(process.pid)
        assert job.now().state.is_active

        job.wait_for_end()

        assert_same(job.read_record(), undisturbed)


def test_killed_server_that_remembers_changes_nothing(
    video: Path, data_dir: Path, enrolled: Path, undisturbed: Record, moment: int
) -> None:
    with (
        model_stack(enrolled, persistent=True) as stack,
        running_job(video, data_dir, stack.url) as (job, _),
    ):
        job.wait_for_chunk(moment)
        kill(pid_of(stack.supervisor, "server"))
        assert job.now().state.is_active

        job.wait_for_end()

        assert_same(job.read_record(), undisturbed)


def test_killed_tree_dies_whole_and_goes_on_when_started_again(
    video: Path, data_dir: Path, undisturbed: Record, moment: int
) -> None:
    settings = kill_settings(data_dir)
    job = submit(settings, video)
    command = [sys.executable, "-m", "tests.end_to_end.hold_stack"]
    environment = {**worker_environment(settings, ""), **settings.environment()}
    del environment["FACETRAIL_REDIS_URL"]

    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        job.wait_for_chunk(moment)
        tree = psutil.Process(holder.pid).children(recursive=True)
        holder.kill()
    wait_until(lambda: not any(process.is_running() for process in tree), "the end of the tree")
    assert job.now().state.is_active

    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        job.wait_for_end()
        holder.communicate()

    assert_same(job.read_record(), undisturbed)
    job.control.close()


def test_stopped_aggregator_that_wakes_up_after_its_lease_writes_nothing(
    video: Path, data_dir: Path, stack: Stack, undisturbed: Record, moment: int
) -> None:
    settings = kill_settings(data_dir, stack.url)
    with running_job(video, data_dir, stack.url) as (job, supervisor):
        job.wait_for_chunk(moment)
        sleeper = psutil.Process(pid_of(supervisor, "aggregator"))
        sleeper.suspend()

        with workers(settings, stack.url, "aggregator"):
            job.wait_for_end()
            written = _written(data_dir)
            sleeper.resume()
            wait_until(lambda: _has_noticed(data_dir, sleeper.pid), "the loss to be noticed")

        assert _written(data_dir) == written
        assert_same(job.read_record(), undisturbed)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes the room from a running process")
def test_full_disk_stops_the_aggregator_with_a_clear_word_and_costs_nothing(
    video: Path, data_dir: Path, stack: Stack, undisturbed: Record, moment: int
) -> None:
    with running_job(video, data_dir, stack.url) as (job, supervisor):
        job.wait_for_chunk(moment)
        aggregator = pid_of(supervisor, "aggregator")
        psutil.Process(aggregator).rlimit(psutil.RLIMIT_FSIZE, (NO_ROOM_BYTES, NO_ROOM_BYTES))

        wait_until(lambda: supervisor.health().problem is not None, "the problem to be seen")
        problem = supervisor.health().problem
        assert job.now().state.is_active

        with workers(kill_settings(data_dir, stack.url), stack.url, "aggregator"):
            job.wait_for_end()

    assert problem is not None
    assert "no room left" in problem
    assert_same(job.read_record(), undisturbed)


def _written(data_dir: Path) -> dict[Path, tuple[int, int]]:
    """Every Parquet file and thumbnail, with its identity and the time of its last change."""
    files = [path for kind in ("*.parquet", "*.jpg") for path in data_dir.rglob(kind)]
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def _has_noticed(data_dir: Path, pid: int) -> bool:
    """Whether the process has logged that its lease is gone: when it renewed it, or when it wanted to commit."""
    log = (data_dir / "logs" / "aggregator.log").read_text()
    return any(f"WARNING workers.{place}[{pid}]" in log for place in ("recording.ownership", "recording.aggregator"))
