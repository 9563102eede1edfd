"""The page of `camera view`: the newest picture, again and again, for whoever has the key in its address.

One browser at a time may use the address: the key in it is good once, and becomes a cookie. Only requests that name
this machine are answered, so that no other site's page can reach it by a name of its own.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from pipeline.errors import SettingsError

COOKIE = "facetrail_view"
BOUNDARY = "facetrail"
WAIT_S = 2.0
"""A stream that gets no new picture for so long sends the old one again, in seconds: it finds out who has left."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Facetrail</title><style>body{margin:0;background:#111;min-height:100vh;display:grid;place-items:center}
img{max-width:100vw;max-height:100vh;object-fit:contain}</style></head>
<body><img src="/stream" alt="What the camera shows, with the faces that were found"></body></html>
"""


class Newest:
    """The newest picture, for those who wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jpeg = b""
        self._number = 0
        self._is_over = False

    def show(self, jpeg: bytes) -> None:
        """This is the newest one now."""
        with self._changed:
            self._jpeg, self._number = jpeg, self._number + 1
            self._changed.notify_all()

    def close(self) -> None:
        """There will be no more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def follow(self) -> Iterator[bytes]:
        """The pictures as they come, without those that came too fast, until `close`."""
        shown = 0
        while True:
            with self._changed:
                if self._number == shown and not self._is_over:
                    self._changed.wait(WAIT_S)
                shown, jpeg, is_over = self._number, self._jpeg, self._is_over
            if jpeg:
                yield jpeg
            if is_over:
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, newest: Newest) -> None:
        self.newest = newest
        self.host = host
        self.key = secrets.token_urlsafe(16)
        self.session = secrets.token_urlsafe(24)
        self.lock = threading.Lock()
        super().__init__((host, port), _Handler)

    def take_key(self, key: str) -> bool:
        """Whether it is the key, which nobody has used; it is used now."""
        with self.lock:
            is_right = bool(self.key) and secrets.compare_digest(key.encode(), self.key.encode())
            self.key = "" if is_right else self.key
            return is_right


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "Facetrail"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if not self._names_us():
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, b"")
        elif self.server.take_key(parse_qs(parts.query).get("key", [""])[0]):
            cookie = f"{COOKIE}={self.server.session}; HttpOnly; SameSite=Strict; Path=/"
            self._answer(HTTPStatus.SEE_OTHER, b"", {"Location": "/", "Set-Cookie": cookie})
        elif not self._has_session():
            self._answer(HTTPStatus.FORBIDDEN, b"Use the address that the command printed; it is good once.\n")
        elif parts.path == "/":
            self._answer(HTTPStatus.OK, PAGE, {"Content-Type": "text/html; charset=utf-8"})
        elif parts.path == "/stream":
            self._stream()
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the library's name for it
        """Requests carry the key, and are not logged."""

    def _names_us(self) -> bool:
        if self.server.host not in {"127.0.0.1", "::1", "localhost"}:
            return True
        named = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        return named in {"127.0.0.1", "::1", "localhost"}

    def _has_session(self) -> bool:
        sent = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return sent is not None and secrets.compare_digest(sent.value.encode(), self.server.session.encode())

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in {**HEADERS, "Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}"}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for jpeg in self.server.newest.follow():
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        except OSError:  # the browser has left
            return


def check_free(host: str, port: int) -> None:
    """Raise `SettingsError` when the page cannot be there, before anything else is begun."""
    with _opened(host, port, Newest()):
        return


@contextmanager
def page_at(host: str, port: int, newest: Newest) -> Iterator[str]:
    """Serve the page while the block lasts; yields its address with the key. Raises `SettingsError`."""
    with _opened(host, port, newest) as server:
        thread = threading.Thread(target=server.serve_forever, name="view page", daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_address[1]}/?key={server.key}"
        finally:
            newest.close()
            server.shutdown()
            thread.join()


def _opened(host: str, port: int, newest: Newest) -> _Server:
    try:
        return _Server(host, port, newest)
    except OSError as error:
        raise SettingsError(f"nothing can be shown at {host}:{port}: {error.strerror}; --port takes another") from error
