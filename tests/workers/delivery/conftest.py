"""Real servers that events are delivered to: an HTTP server that answers as told, and Debian's MQTT broker."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from workers.stack.leash import leashed

HANG = 0
"""A status that means: say nothing until the test is over."""


@dataclass
class Request:
    """What the server was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An address that keeps what it is sent, and answers with the statuses it was given, then with 200."""

    url: str = ""
    statuses: deque[int] = field(default_factory=deque)
    answer_headers: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, condition: Callable[[], bool], within_s: float = 20.0) -> bool:
        """Whether `condition` becomes true in time; looked at whenever a request has come."""
        with self.changed:
            return self.changed.wait_for(condition, timeout=within_s)

    def note(self, request: Request) -> int:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
            return self.statuses.popleft() if self.statuses else 200


def _handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.note(Request(self.path, dict(self.headers.items()), body))
            if status == HANG:
                receiver.over.wait()
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler


def start_receiver(port: int = 0) -> tuple[Receiver, ThreadingHTTPServer]:
    """An HTTP server on this host; the caller shuts it down."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_for(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return receiver, server


def stop_receiver(receiver: Receiver, server: ThreadingHTTPServer) -> None:
    receiver.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """An address that answers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made, server = start_receiver()
    yield made
    stop_receiver(made, server)


def free_port() -> int:
    """A port of this host on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """Mosquitto, to be stopped and started again on one port."""

    def __init__(self, folder: Path, binary: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        """Start, with more lines of configuration; returns when it listens."""
        config = self._folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence false",
            f"user {getpass.getuser()}",
            *(more or ["allow_anonymous true"]),
        ]
        config.write_text("\n".join(lines) + "\n")
        self._process = subprocess.Popen(
            leashed((self._binary, "-c", str(config))), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        pause = threading.Event()
        for _ in range(1000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            pause.wait(0.01)
        raise AssertionError("mosquitto does not listen")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that has not been started."""
    binary = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        pytest.skip("mosquitto is not installed")
    made = Broker(tmp_path, binary)
    yield made
    made.stop()
