"""Serving over HTTP: whose word counts on where a request comes from, and answers that leave at once."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import httpx
import pytest
from fastapi import FastAPI, Request

from dashboards.web.server.serving import bound_socket, serving
from pipeline.config import WebSettings
from tests.dashboards.web.waiting import finished

PUBLIC = "https://faces.example.org"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "seen"),
    [
        (WebSettings(port=0), "127.0.0.1"),
        (WebSettings(port=0, public_url=PUBLIC), "192.0.2.7"),
        (WebSettings(port=0, public_url=PUBLIC, trusted_proxies="192.0.2.1"), "127.0.0.1"),
    ],
)
def test_only_a_proxy_that_is_set_says_who_asks(settings: WebSettings, seen: str) -> None:
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> str:
        return request.client.host if request.client else ""

    with serving(app, settings) as address:
        answer = httpx.get(address, headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7"})

    assert answer.json() == seen


def test_no_part_of_an_answer_waits_until_the_part_before_it_has_arrived() -> None:
    with bound_socket(WebSettings(port=0)) as listening:
        assert finished(_accepted_without_delay(listening))


async def _accepted_without_delay(listening: socket.socket) -> bool:
    accepted = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda _reader, writer: accepted.set_result(writer), sock=listening)
    _, mine = await asyncio.open_connection(*listening.getsockname())
    theirs: asyncio.StreamWriter = await accepted
    has_no_delay = theirs.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    for writer in (mine, theirs):
        writer.close()
        await writer.wait_closed()
    server.close()
    await server.wait_closed()
    return bool(has_no_delay)


ASKED_TO_END = """
import os, signal
from contextlib import asynccontextmanager
from fastapi import FastAPI
from dashboards.web.server.serving import bound_socket, serve
from pipeline.config import WebSettings

@asynccontextmanager
async def asked_to_end(app):
    os.kill(os.getpid(), signal.SIGTERM)
    yield

settings = WebSettings(port=0)
with bound_socket(settings) as listening:
    serve(FastAPI(lifespan=asked_to_end), listening, settings)
print("tidied up")
"""


@pytest.mark.slow
def test_process_that_is_asked_to_end_can_still_tidy_up() -> None:
    command = [sys.executable, "-c", ASKED_TO_END]

    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "tidied up\n"


@pytest.mark.slow
@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "])
def test_connection_that_brings_no_request_is_closed(sent: bytes) -> None:
    with serving(FastAPI(), WebSettings(port=0), request_s=0.1) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(sent)

            assert connection.recv(4096) == b""
