"""The whole stack on one data folder: started here, or found running; one at a time.

with running_stack(settings) as stack:      starts server and workers, or joins those that run already
    stack.url, stack.health(), stack.is_alive()
find_running_stack(data_dir)                 what runs there, or None
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import msgspec

from pipeline.config import Settings
from pipeline.errors import SettingsError, TransportLost
from pipeline.events.delivery.targets import check_delivery
from workers.stack.cameras import FRAMES_ALLOCATOR, camera_children
from workers.stack.children import ChildSpec
from workers.stack.counting import counting_in
from workers.stack.embedded import embedded_server, make_run_dir, remove_socket
from workers.stack.gpus import find_gpus, gpu_environment
from workers.stack.health_note import told_health
from workers.stack.supervisor import StackHealth, Supervisor

LOCK_NAME = "stack.lock"
NOTE_NAME = "stack.json"
JOIN_S = 30.0
"""How long another stack on the folder may take to come up."""
JOIN_LOOK_S = 0.05
RECORD_ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(4 << 20),
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Where the record is written: each commit makes buffers a little larger than the last, which fit no hole that those
left; they go back to the system at once. Arrow's own pool would keep them."""
KEPT_VARIABLES = re.compile(r"FACETRAIL_(CONFIG|CAMERA_\w+_PASSWORD|WEBHOOK_\w+_SECRET|MQTT_PASSWORD)")
"""What workers need of our environment beside the settings: secrets, which the settings do not hold."""
PACKAGES = Path(__file__).resolve().parent.parent.parent
"""The folder that holds our packages, for child processes that do not start in it."""


class RunningStack(Protocol):
    """A server with workers around it."""

    @property
    def url(self) -> str:
        """Of the server."""

    def health(self) -> StackHealth:
        """How the children are; a stack of another process only says that there are no problems it knows of."""

    def is_alive(self) -> bool:
        """False when nobody looks after the workers any more."""


class StackNote(msgspec.Struct, frozen=True):
    """What a stack leaves in its data folder for others to find it by."""

    pid: int
    url: str


class OwnStack:
    """A stack that this process started."""

    def __init__(self, url: str, supervisor: Supervisor) -> None:
        self.url = url
        self._supervisor = supervisor

    def health(self) -> StackHealth:
        return self._supervisor.health()

    def is_alive(self) -> bool:
        return True


class FoundStack:
    """A stack that another process looks after."""

    def __init__(self, url: str, run_dir: Path) -> None:
        self.url = url
        self._run_dir = run_dir

    def health(self) -> StackHealth:
        return StackHealth(())

    def is_alive(self) -> bool:
        return _is_locked(self._run_dir)


Besides = Callable[[Mapping[str, str], Path], Sequence[ChildSpec]]
"""Processes that run beside the workers, made from the workers' environment and the folder of logs."""


def nothing_besides(_environment: Mapping[str, str], _logs_dir: Path) -> Sequence[ChildSpec]:
    """Only workers."""
    return ()


@contextmanager
def running_stack(
    settings: Settings, *, persistent: bool = False, besides: Besides = nothing_besides
) -> Iterator[RunningStack]:
    """Server and workers, and what is asked for `besides`, on the settings' data folder while the block lasts.

    Raises `TransportLost` when the server does not come up, or a stack that is running there does not answer.
    """
    run_dir = make_run_dir(settings.data)
    while True:
        with _lock(run_dir) as lock:
            if lock is not None:
                with _own_stack(settings, run_dir, persistent=persistent, besides=besides) as stack:
                    yield stack
                return
        found = _join(settings, run_dir)
        if found is not None:
            yield found
            return


def find_running_stack(data_dir: Path) -> FoundStack | None:
    """The stack that another process runs on the data folder; None when there is none, or it is not up yet."""
    run_dir = data_dir.resolve() / "run"
    note = run_dir / NOTE_NAME
    if not _is_locked(run_dir) or not note.is_file():
        return None
    try:
        return FoundStack(msgspec.json.decode(note.read_bytes(), type=StackNote).url, run_dir)
    except (msgspec.DecodeError, FileNotFoundError):
        return None


@contextmanager
def _own_stack(settings: Settings, run_dir: Path, *, persistent: bool, besides: Besides) -> Iterator[OwnStack]:
    check_delivery(settings.delivery(), os.environ)  # at once, and not by a worker of a stack that is up
    server = None if settings.redis_url else embedded_server(run_dir, persistent=persistent)
    url = server.url if server else settings.redis_url.get_secret_value() if settings.redis_url else ""
    logs_dir = settings.data.resolve() / "logs"
    logs_dir.mkdir(parents=True, exist_ok=True)
    environment = worker_environment(settings, url)
    server_spec = ChildSpec("server", server.command, environment, logs_dir / "server.stderr") if server else None
    counting = _counting(settings)
    with camera_children(settings, environment, logs_dir) as cameras:
        workers = [*counting(worker_specs(settings, environment, logs_dir)), *besides(environment, logs_dir)]
        supervisor = Supervisor(url, server_spec, workers, coming_and_going=lambda: counting(cameras()))
        try:
            supervisor.start()
            if server is not None:  # of a server of the user's only the settings tell, with its password
                _write_note(run_dir, StackNote(os.getpid(), url))
            with told_health(run_dir, supervisor.health):
                yield OwnStack(url, supervisor)
        finally:
            (run_dir / NOTE_NAME).unlink(missing_ok=True)
            supervisor.stop()
            if server is not None:
                remove_socket(server, run_dir)


def worker_specs(settings: Settings, environment: Mapping[str, str], logs_dir: Path) -> list[ChildSpec]:
    """The worker processes that the settings ask for."""
    model_stages = ["detector", "asks"] if settings.encoders else ["detector", "encoder", "asks"]
    groups = [
        ("aggregator", ["aggregator"], 1),
        *((f"ingest-{number}", ["ingest"], number) for number in range(1, settings.ingests + 1)),
        *((f"detector-{number}", model_stages, number) for number in range(1, settings.detectors + 1)),
        *((f"encoder-{number}", ["encoder"], number) for number in range(1, settings.encoders + 1)),
        *([("events", ["events"], 1)] if settings.delivery().is_needed else []),
    ]
    gpus = find_gpus(settings.gpus, environment)
    return [
        ChildSpec(
            name=name,
            command=(sys.executable, "-m", "workers", *stages, "--log", str(logs_dir / f"{name}.log")),
            environment={**_allocator(stages), **environment, **gpu_environment(stages, number, gpus)},
            stderr=logs_dir / f"{name}.stderr",
        )
        for name, stages, number in groups
    ]


def metrics_dir(data_dir: Path) -> Path:
    """Where the processes of a stack count together."""
    return data_dir.resolve() / "run" / "metrics"


def _counting(settings: Settings) -> Callable[[Sequence[ChildSpec]], list[ChildSpec]]:
    """What makes the same workers count into one folder, from nought, when the settings ask for metrics."""
    if settings.metrics_port is None:
        return list
    folder = metrics_dir(settings.data)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return lambda specs: counting_in(folder, specs)


def _allocator(stages: Sequence[str]) -> Mapping[str, str]:
    """How a process of these stages asks the system for memory, unless the user has set it."""
    return RECORD_ALLOCATOR if "aggregator" in stages else FRAMES_ALLOCATOR


def worker_environment(settings: Settings, url: str) -> dict[str, str]:
    """Ours, with these settings above everything; secrets go this way and never through the command line."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FACETRAIL_")}
    kept = {name: value for name, value in os.environ.items() if KEPT_VARIABLES.fullmatch(name)}
    path = os.pathsep.join(filter(None, [str(PACKAGES), os.environ.get("PYTHONPATH", "")]))
    ours = settings.model_copy(update={"data": settings.data.resolve()}).environment()
    return {**inherited, **kept, **ours, "FACETRAIL_REDIS_URL": url, "PYTHONPATH": path}


def _join(settings: Settings, run_dir: Path) -> FoundStack | None:
    """The stack that has the lock, once it is up; None when it has ended meanwhile."""
    pause = threading.Event()
    for _ in range(round(JOIN_S / JOIN_LOOK_S)):
        if not _is_locked(run_dir):
            return None
        if settings.redis_url is not None:
            return FoundStack(settings.redis_url.get_secret_value(), run_dir)
        found = find_running_stack(settings.data)
        if found is not None:
            return found
        pause.wait(JOIN_LOOK_S)
    raise TransportLost(f"the Facetrail that runs on {settings.data} does not come up; end it, or try again")


@contextmanager
def _lock(run_dir: Path) -> Iterator[IO[bytes] | None]:
    """The folder's lock, or None while another process has it; the system frees it with the process."""
    with (run_dir / LOCK_NAME).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        except OSError as error:
            raise SettingsError(f"the data folder {run_dir.parent} cannot be locked: {error.strerror}") from error
        else:
            yield file


def _is_locked(run_dir: Path) -> bool:
    if not (run_dir / LOCK_NAME).is_file():
        return False
    with _lock(run_dir) as lock:
        return lock is None


def _write_note(run_dir: Path, note: StackNote) -> None:
    temporary = run_dir / f".{NOTE_NAME}"
    temporary.write_bytes(msgspec.json.encode(note))
    temporary.replace(run_dir / NOTE_NAME)
