"""A stack to be killed: models and server that serve many runs, and a record of its own for every run."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from pipeline.config import Settings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.intake.footage import register_footage
from pipeline.options import SamplingOptions
from pipeline.sightings.record.store import RowFilter, Store
from workers.footage.submission import hand_over
from workers.stack.children import ChildSpec
from workers.stack.embedded import embedded_server, make_run_dir
from workers.stack.running import worker_environment, worker_specs
from workers.stack.supervisor import Supervisor

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FPS = 15.0
"""Samples a second: so many that the short clip has enough chunks to be killed between."""
PATIENCE_S = 120.0
EVERYTHING = RowFilter()
MODELS = ("detector", "encoder")


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Everything that a run left behind."""

    state: RunState
    tracks: tuple[tuple[object, ...], ...]
    coverage: tuple[tuple[object, ...], ...]
    sightings: tuple[tuple[object, ...], ...]
    templates: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Job:
    """One run on a data folder of its own."""

    settings: Settings
    control: Control
    record: RunRecord

    def now(self) -> RunRecord:
        """The run as it stands."""
        return Runs(self.control).get(self.record.run.run_id)

    def wait_for_chunk(self, number: int) -> None:
        """Wait until the record has all chunks below `number`."""
        wait_until(lambda: self.now().next_chunk >= number, f"chunk {number}")

    def wait_for_end(self) -> RunRecord:
        """Wait until the run is over."""
        wait_until(lambda: not self.now().state.is_active, "the run's end")
        return self.now()

    def read_record(self) -> Record:
        """What stands in the Parquet files."""
        store = Store(self.settings.data)
        return Record(
            state=self.now().state,
            tracks=tuple(sorted(astuple(row) for row in store.read_tracks(EVERYTHING))),
            coverage=tuple(sorted(astuple(row) for row in store.read_coverage(EVERYTHING))),
            sightings=tuple(sorted((astuple(row) for row in store.read_sightings(EVERYTHING)), key=str)),
            templates={
                track_id: row.template
                for track_id, row in store.read_embeddings(self.record.encoder, EVERYTHING).items()
            },
        )


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Look often until it is so; fails after `PATIENCE_S`."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.01)):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError(f"waited {PATIENCE_S} s in vain for {what}")


def kill_settings(data_dir: Path, url: str | None = None) -> Settings:
    """Settings with little in flight, so that the middle of a file lasts, and short patience with the dead."""
    return load_settings(
        data=data_dir,
        redis_url=url,
        sampling=SamplingOptions(fps=FPS, gate=False),
        detectors=1,
        encoders=1,
        ingests=1,
        credit_mb=8,
        idle_s=3.0,
        lease_s=3.0,
    )


def submit(settings: Settings, video: Path) -> Job:
    """Queue a run over `video` on the settings' data folder."""
    control = open_control(settings.data)
    return Job(settings, control, register_footage(control, video, settings.options(), zone=UTC, start_time=START))


@dataclass(frozen=True, slots=True)
class Stack:
    """A server with models around it."""

    url: str
    supervisor: Supervisor


@contextmanager
def model_stack(data_dir: Path, *, persistent: bool = False, detectors: int = 1) -> Iterator[Stack]:
    """A server, detectors and an encoder, which know of no record; weights come from `data_dir`."""
    with tempfile.TemporaryDirectory() as folder:
        run_dir = make_run_dir(Path(folder))
        server = embedded_server(run_dir, persistent=persistent)
        settings = kill_settings(data_dir, server.url).model_copy(update={"detectors": detectors})
        environment = worker_environment(settings, server.url)
        specs = worker_specs(settings, environment, run_dir)
        server_spec = ChildSpec("server", server.command, environment, run_dir / "server.stderr")
        supervisor = Supervisor(server.url, server_spec, [spec for spec in specs if spec.name.startswith(MODELS)])
        supervisor.start()
        try:
            yield Stack(server.url, supervisor)
        finally:
            supervisor.stop()


@contextmanager
def workers(settings: Settings, url: str, *names: str) -> Iterator[Supervisor]:
    """The named workers of the settings' data folder on a server that runs elsewhere."""
    logs_dir = settings.data / "logs"
    logs_dir.mkdir(parents=True, exist_ok=True)
    specs = worker_specs(settings, worker_environment(settings, url), logs_dir)
    supervisor = Supervisor(url, None, [spec for spec in specs if spec.name in names])
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


@contextmanager
def running_job(video: Path, data_dir: Path, url: str) -> Iterator[tuple[Job, Supervisor]]:
    """A run in progress: its ingest and its aggregator, on models and a server that run elsewhere."""
    settings = kill_settings(data_dir, url)
    job = submit(settings, video)
    with closing(job.control), workers(settings, url, "aggregator", "ingest-1") as supervisor:
        hand_over(url, [job.record])
        yield job, supervisor


def pid_of(supervisor: Supervisor, name: str) -> int:
    """The process that is `name` now."""
    wait_until(lambda: _pid(supervisor, name) is not None, f"{name} to run")
    pid = _pid(supervisor, name)
    assert pid is not None
    return pid


def _pid(supervisor: Supervisor, name: str) -> int | None:
    return next((child.pid for child in supervisor.health().children if child.name == name), None)


def kill(pid: int) -> None:
    """SIGKILL, and wait until the process is gone."""
    process = psutil.Process(pid)
    process.kill()
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, f"the end of {pid}")


def assert_same(record: Record, undisturbed: Record) -> None:
    """Ids, states, counts and times exactly; scores within 1e-4."""
    assert record.state == undisturbed.state
    _assert_rows(record.coverage, undisturbed.coverage)
    _assert_rows(record.tracks, undisturbed.tracks)
    _assert_rows(record.sightings, undisturbed.sightings)
    assert record.templates.keys() == undisturbed.templates.keys()
    for track_id, template in record.templates.items():
        np.testing.assert_allclose(template, undisturbed.templates[track_id], atol=1e-4)


def _assert_rows(rows: tuple[tuple[object, ...], ...], wanted: tuple[tuple[object, ...], ...]) -> None:
    assert len(rows) == len(wanted)
    for row, same in zip(rows, wanted, strict=True):
        for value, other in zip(row, same, strict=True):
            if isinstance(other, float):
                assert isinstance(value, float)
                assert abs(value - other) <= 1e-4
            else:
                assert value == other
