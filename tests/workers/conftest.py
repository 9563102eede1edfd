"""A real embedded server for the tests of this room, empty at the start of every test that asks for it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.database import Control, open_control
from pipeline.errors import TransportLost
from tests.builders_recording import World, open_world
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.streams import RedisTransport, connect
from workers.wire.memory import MemoryTransport
from workers.wire.transport import Transport


def wait_for_server(url: str, within_s: float = 20.0) -> RedisTransport:
    """A transport to a server that was just started, once it answers."""
    transport = RedisTransport(url)
    pause = threading.Event()
    for _ in range(round(within_s / 0.01)):
        try:
            transport.ping()
        except TransportLost:
            pause.wait(0.01)
        else:
            return transport
    raise TransportLost(f"no server at {url} after {within_s} s")


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """The control database of an empty data folder."""
    opened = open_control(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A data folder with a recorder in it, and the lease of one source."""
    opened = open_world(tmp_path)
    yield opened
    opened.control.close()


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one server for the whole session."""
    server = embedded_server(Path(tmp_path_factory.mktemp("run")))
    process = subprocess.Popen(leashed(server.command))
    wait_for_server(server.url).close()
    yield server.url
    process.kill()
    process.wait()


@pytest.fixture
def redis_url(server_url: str) -> str:
    """The URL of a server that holds nothing."""
    client = connect(server_url)
    client.flushall()
    client.close()
    return server_url


@pytest.fixture
def redis_transport(redis_url: str) -> Iterator[RedisTransport]:
    """A transport to a server that holds nothing."""
    transport = RedisTransport(redis_url)
    yield transport
    transport.close()


@pytest.fixture(params=["memory", "redis"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """Each kind of transport in turn: what holds for one holds for the other."""
    if request.param == "memory":
        return MemoryTransport()
    redis_transport: RedisTransport = request.getfixturevalue("redis_transport")
    return redis_transport
