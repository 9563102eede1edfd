"""The process of one camera: its settings, its place in the control database, and its task until SIGTERM."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime

from pipeline.cameras import Camera, camera_named, configured_cameras
from pipeline.config import Settings
from pipeline.control.database import Control, open_control
from pipeline.control.progress import load_progress
from pipeline.control.run_records import ACTIVE_STATES, RunRecord
from pipeline.control.runs import Runs
from pipeline.live_runs import check_camera, register_live_run
from pipeline.sightings.fold import decode_state
from workers.camera import CameraBook, CameraTask
from workers.main import server_url
from workers.metrics.endpoint import metering
from workers.streams import RedisTransport


def run_camera(name: str, settings: Settings) -> None:
    """Follow the camera of that name until SIGTERM or SIGINT.

    Raises `NotFound` when there is none, and `SettingsError` when it cannot be read as it is set.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    url = server_url(settings)
    transport = RedisTransport(url)
    camera = camera_named(configured_cameras(settings.cameras, settings.options(), os.environ), name)
    check_camera(control, camera)
    with metering(settings, f"camera-{name}", url) as metrics:
        CameraTask(camera, camera_book(control), transport, stop, metrics).run()
    transport.close()
    control.close()


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

    return CameraBook(runs=runs, begin=begin, left_over=left_over, is_nobody_in_view=is_nobody_in_view)
