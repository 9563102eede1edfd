"""The endpoint: /metrics for Prometheus, and /health for whoever restarts containers."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.errors import SettingsError
from workers.metrics.files import CONTENT_TYPE

logger = logging.getLogger(__name__)

CLIENT_TIMEOUT_S = 10.0
"""A client that sends nothing for this long is let go."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the endpoint answers."""

    metrics: Callable[[], bytes]
    problem: Callable[[], str | None]
    """What is wrong, in words; None while all is well."""


@contextmanager
def serving(host: str, port: int, pages: Pages) -> Iterator[int]:
    """Answer while the block lasts; gives the port, which the system chooses for 0.

    Raises `SettingsError` when the port cannot be had.
    """
    try:
        server = _Server((host, port), _handler(pages))
    except (OSError, OverflowError) as error:
        raise SettingsError(f"metrics_port: {host}:{port} cannot be listened on: {error}") from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""
        error = sys.exception()
        level = logging.DEBUG if isinstance(error, ConnectionError) else logging.WARNING
        logger.log(level, "the answer to %s failed: %s", client_address, error)


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = CLIENT_TIMEOUT_S

        def do_GET(self) -> None:  # the name that http.server calls
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE, pages.metrics())
            elif self.path == "/health":
                problem = pages.problem()
                status = HTTPStatus.OK if problem is None else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, "text/plain; charset=utf-8", (problem or "well").encode())
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"there are /metrics and /health")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server names it so
            logger.debug(format, *args)

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
