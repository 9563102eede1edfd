"""Cameras that run beside a server of their own: one process watches over all of them, and answers for all of them."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from pipeline.config import CameraSettings, load_settings
from tests.end_to_end.live_stack import wait_until
from workers.metrics.__main__ import ask
from workers.stack.running import worker_environment

RUN = """
from pipeline.config import load_settings
from workers.live.camera_main import run_cameras

run_cameras([], load_settings())
"""
PATIENCE_S = 30.0


@pytest.fixture
def endpoint(tmp_path: Path, server_url: str) -> Iterator[str]:
    """Where a process of two cameras, neither of which can be reached, answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cameras = {name: CameraSettings.of(f"file:{tmp_path}/none.mp4") for name in ("front_door", "yard")}
    settings = load_settings(data=tmp_path / "data", cameras=cameras, metrics_port=port)
    process = subprocess.Popen([sys.executable, "-c", RUN], env=worker_environment(settings, server_url))
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


@pytest.mark.slow
def test_all_cameras_are_shown_at_one_address(endpoint: str) -> None:
    def shown() -> str:
        with urlopen(f"{endpoint}/metrics") as answer:  # noqa: S310 # our own process
            return str(answer.read().decode())

    wait_until(lambda: ask(f"{endpoint}/health") is None, PATIENCE_S, "the process answers and is well")
    wait_until(lambda: shown().count("facetrail_process_up{") == 2, PATIENCE_S, "both cameras have a process")

    assert 'facetrail_process_up{process="camera-front_door"} 1.0' in shown()
    assert 'facetrail_process_up{process="camera-yard"} 1.0' in shown()
