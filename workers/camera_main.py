"""The process of one camera: its settings, its place in the control database, and its task until SIGTERM."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime

from pipeline.cameras import Camera, camera_named, configured_cameras
from pipeline.config import Settings
from pipeline.control.database import Control, open_control
from pipeline.control.run_records import ACTIVE_STATES, RunRecord
from pipeline.control.runs import Runs
from pipeline.live_runs import check_camera, register_live_run
from workers.camera import CameraBook, CameraTask
from workers.main import server_url
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
    transport = RedisTransport(server_url(settings))
    camera = camera_named(configured_cameras(settings.cameras, settings.options(), os.environ), name)
    check_camera(control, camera)
    CameraTask(camera, camera_book(control), transport, stop).run()
    transport.close()
    control.close()


def camera_book(control: Control) -> CameraBook:
    """What a camera's task needs of the control database."""
    runs = Runs(control)

    def begin(camera: Camera, began_at: datetime) -> RunRecord:
        return register_live_run(control, camera, began_at)

    def left_over(source_id: str) -> list[RunRecord]:
        return runs.list(ACTIVE_STATES, source_id)

    return CameraBook(runs=runs, begin=begin, left_over=left_over)
