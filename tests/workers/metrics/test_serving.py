"""The endpoint, asked over HTTP; and the command that asks it for a container's health."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from pipeline.errors import SettingsError
from workers.metrics.__main__ import ask
from workers.metrics.serving import Pages, serving

HOST = "127.0.0.1"


def read(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_metrics_and_health_are_answered() -> None:
    with serving(HOST, 0, Pages(lambda: b"facetrail_jobs 1\n", lambda: None)) as port:
        assert read(port, "/metrics") == "facetrail_jobs 1\n"
        assert ask(f"http://{HOST}:{port}/health") is None


@pytest.mark.slow
def test_worker_that_hangs_is_unhealthy_in_words() -> None:
    with serving(HOST, 0, Pages(lambda: b"", lambda: "detector hangs")) as port:
        assert ask(f"http://{HOST}:{port}/health") == "detector hangs"


@pytest.mark.slow
def test_endpoint_that_ended_is_no_answer() -> None:
    with serving(HOST, 0, Pages(lambda: b"", lambda: None)) as port:
        pass

    assert str(ask(f"http://{HOST}:{port}/health")).startswith("no answer")


@pytest.mark.slow
def test_other_paths_are_not_found() -> None:
    with (
        serving(HOST, 0, Pages(lambda: b"", lambda: None)) as port,
        pytest.raises(urllib.error.HTTPError, match="404") as caught,
    ):
        read(port, "/etc/passwd")
    caught.value.close()


@pytest.mark.slow
def test_port_that_is_taken_is_named() -> None:
    pages = Pages(lambda: b"", lambda: None)
    with (
        serving(HOST, 0, pages) as port,
        pytest.raises(SettingsError, match=f"metrics_port: {HOST}:{port}"),
        serving(HOST, port, pages),
    ):
        pass
