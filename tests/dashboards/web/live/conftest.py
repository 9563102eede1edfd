"""A real server for the live pages, and the log of events on it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.workers.conftest import wait_for_server
from workers.event_streams import RedisEventLog
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that holds nothing but what the module's tests put there."""
    server = embedded_server(tmp_path_factory.mktemp("server"))
    process = subprocess.Popen(leashed(server.command))
    wait_for_server(server.url).close()
    yield server.url
    process.kill()
    process.wait()


@pytest.fixture
def log(redis_url: str) -> Iterator[RedisEventLog]:
    made = RedisEventLog(redis_url)
    yield made
    made.close()
