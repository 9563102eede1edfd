"""The process of one camera, and the one that looks after several on a server of their own."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.cameras.configured import Camera, camera_named
from pipeline.cameras.live_runs import check_camera, register_live_run
from pipeline.cameras.stored import known_cameras
from pipeline.config import Settings
from pipeline.control.database import Control, open_control
from pipeline.control.live.camera_states import CameraStates
from pipeline.control.work.progress import load_progress
from pipeline.control.work.run_records import ACTIVE_STATES, RunRecord
from pipeline.control.work.runs import Runs
from pipeline.sightings.folding.fold import decode_state
from workers.live.camera import CameraBook, CameraTask
from workers.live.view_streams import RedisViews
from workers.live.viewing import CameraView
from workers.main import server_url
from workers.metrics.endpoint import metering, showing_children
from workers.stack.cameras import camera_children
from workers.stack.counting import counting_in
from workers.stack.running import worker_environment
from workers.stack.supervisor import Supervisor
from workers.streams import RedisTransport


def run_camera(name: str, settings: Settings) -> None:
    """Follow the camera of that name until SIGTERM or SIGINT.

    Raises `NotFound` when there is none, and `SettingsError` when it cannot be read as it is set.
    """
    stop = stop_on_signals()
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    url = server_url(settings)
    transport = RedisTransport(url)
    camera = camera_named(known_cameras(control, settings, os.environ), name)
    check_camera(control, camera)
    with metering(settings, f"camera-{name}", url) as metrics:
        view = CameraView(name, RedisViews(url))
        CameraTask(camera, camera_book(control), transport, stop, metrics, view).run()
    transport.close()
    control.close()


def run_cameras(names: Sequence[str], settings: Settings) -> None:
    """A process for each of these cameras, or for all that are enabled, until SIGTERM or SIGINT.

    Raises `NotFound` for a name that no camera has, and `SettingsError` when there is no server.
    """
    stop = stop_on_signals()
    url, logs_dir = server_url(settings), settings.data.resolve() / "logs"
    logs_dir.mkdir(parents=True, exist_ok=True)
    _check_names(names, settings)
    with (
        camera_children(settings, worker_environment(settings, url), logs_dir, only=names) as cameras,
        tempfile.TemporaryDirectory(prefix="facetrail-metrics-") as folder,
    ):
        supervisor = Supervisor(url, None, [], coming_and_going=lambda: counting_in(Path(folder), cameras()))
        with showing_children(settings, Path(folder), supervisor.health):
            supervisor.start()
            stop.wait()
            supervisor.stop()


def _check_names(names: Sequence[str], settings: Settings) -> None:
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    try:
        cameras = known_cameras(control, settings, os.environ)
        for name in names:
            camera_named(cameras, name)
    finally:
        control.close()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def camera_book(control: Control) -> CameraBook:
    """What a camera's task needs of the control database."""
    runs = Runs(control)

    def begin(camera: Camera, began_at: datetime) -> RunRecord:
        return register_live_run(control, camera, began_at)

    def left_over(source_id: str) -> list[RunRecord]:
        return runs.list(ACTIVE_STATES, source_id)

    def is_nobody_in_view(run_id: str) -> bool:
        with control.reading() as transaction:
            snapshot = load_progress(transaction, run_id).snapshot
        return snapshot is None or not decode_state(snapshot).tracks

    return CameraBook(
        runs=runs,
        begin=begin,
        left_over=left_over,
        is_nobody_in_view=is_nobody_in_view,
        report=CameraStates(control).report,
    )
