"""The gate before every page: nobody passes whom the doorkeeper does not know, and no change without its token.

What is open to all: our own styles and scripts, the pages to sign in on, and whether the process is alive. Everything
else, pictures and streams included, is answered only to a visitor. A change that comes with a cookie must carry the
session's token in X-CSRF-Token, so that another site cannot make a browser send it.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.web.access import Visitor
from dashboards.web.failures import tell, turn_away

OPEN_FOLDER = "/static/"
OPEN_PAGES = frozenset({"/sign-in", "/set-up", "/healthz"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self'; style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer says: nothing from elsewhere is loaded, and nobody frames us."""


class Doorkeeper(Protocol):
    """Knows visitors by their cookies and tokens."""

    def visitor(self, request: Request) -> Visitor | None:
        """Whoever sent the request; None for somebody unknown. May be called from any thread."""


class Gate:
    """ASGI middleware; the first thing that a request meets."""

    def __init__(self, app: ASGIApp, *, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its visitor in `request.state`, or answer in the application's place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        visitor = await run_in_threadpool(self._doorkeeper.visitor, request)
        request.state.visitor = visitor
        refusal = None if _is_open(request.url.path) else _refusal(request, visitor)
        await (refusal or self._app)(scope, receive, _with_headers(send))


def _is_open(path: str) -> bool:
    return path in OPEN_PAGES or path.startswith(OPEN_FOLDER)


def _refusal(request: Request, visitor: Visitor | None) -> ASGIApp | None:
    if visitor is None:
        return turn_away(request)
    if request.method in SAFE_METHODS or visitor.is_program:
        return None
    if secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), visitor.csrf_token.encode()):
        return None
    return tell(request, HTTPStatus.FORBIDDEN, "this page is too old, or another site sent you; load it again")


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return send_with_headers
