"""Serving the application over HTTP until it is time to leave. Hides uvicorn."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from pipeline.config import WebSettings
from pipeline.errors import SettingsError

logger = logging.getLogger(__name__)

SHUTDOWN_S = 3
"""How long open streams of events and pictures may take to end, in seconds."""
PROXY_HERE = "127.0.0.1"
REQUEST_S = 15.0
"""How long a connection may take to bring a request with all its headers, in seconds; afterwards it is closed."""


class ImpatientProtocol(H11Protocol):
    """A connection that is closed when no request comes on it, or none to the end of its headers, or when bytes go on
    to come that nobody wants any more: a thousand of them would keep everybody else out."""

    def __init__(self, *given: Any, request_s: float = REQUEST_S, **named: Any) -> None:
        super().__init__(*given, **named)
        self._request_s = request_s
        self._giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait."""
        super().connection_made(transport)  # type: ignore[arg-type] # of TCP, which is a Transport
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, unless this was the end of a request's headers."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self._wait()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nothing to wait for."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._giving_up is None:
            self._giving_up = self.loop.call_later(self._request_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None


def bound_socket(settings: WebSettings) -> socket.socket:
    """A socket at the address of the settings; raises `SettingsError` when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends small parts of an answer at once only through sockets that name their protocol (40 ms otherwise)
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"the pages cannot listen at {settings.host}:{settings.port}: {error.strerror or error}; "
            "--port or web.port takes another"
        ) from error
    return listening


def serve(app: FastAPI, listening: socket.socket, settings: WebSettings) -> None:
    """Answer requests until SIGTERM or SIGINT; after the former the caller goes on, and can tidy up."""
    server = uvicorn.Server(_config(app, settings))

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = signal.signal(signal.SIGTERM, end)  # uvicorn raises it once more when it is done, which must not end us
    try:
        server.run([listening])
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def serving(app: FastAPI, settings: WebSettings, *, request_s: float = REQUEST_S) -> Iterator[str]:
    """The application's address while a thread of this process answers there; for tests and short-lived pages."""
    with bound_socket(settings) as listening:
        listening.listen()  # who comes before the thread is ready waits
        server = uvicorn.Server(_config(app, settings, request_s))
        thread = threading.Thread(target=server.run, args=([listening],), name="web", daemon=True)
        thread.start()
        try:
            yield f"http://{settings.host}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _config(app: FastAPI, settings: WebSettings, request_s: float = REQUEST_S) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=partial(ImpatientProtocol, request_s=request_s),  # type: ignore[arg-type] # makes protocols as a class does
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=_believed_proxies(settings),
        timeout_graceful_shutdown=SHUTDOWN_S,
    )


def _believed_proxies(settings: WebSettings) -> str:
    """Whose `X-Forwarded-For` counts: where nobody says that there is a proxy, it is the sender's own invention."""
    return settings.trusted_proxies or (PROXY_HERE if settings.public_url else "")
