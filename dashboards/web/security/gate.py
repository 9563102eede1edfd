"""The gate before every page: nobody passes whom the doorkeeper does not know, and no change without its token.

What is open to all: our own styles and scripts, the pages to sign in and out on, and whether the process is alive.
Everything else, pictures and streams included, is answered only to a visitor. A change that comes with a cookie must
carry the session's token in X-CSRF-Token, so that another site cannot make a browser send it. Bodies are bounded while
they come in. An answer that goes on for long (events, moving pictures) ends soon after its visitor is shut out, and so
does an upload; nobody has more than some of them at a time. Audit rows get the address from which they were caused.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.web.access import Visitor
from dashboards.web.failures import status_of, tell, turn_away
from dashboards.web.rendering import site_of
from dashboards.web.security.incoming.limits import (
    PLAIN_UPLOAD,
    is_for_half,
    limited,
    most_body_bytes,
    states_too_much,
    too_much,
)
from dashboards.web.security.leaving import LOOK_AGAIN_S, LeavingVisitor, VisitorLeft
from dashboards.web.security.long_requests import LongRequests
from dashboards.web.security.places import path_of, place_of
from pipeline.control.audit import asked_from
from pipeline.errors import PipelineError

OPEN_FOLDER = "/static/"
OPEN_PAGES = frozenset({"/sign-in", "/sign-out", "/set-up", "/healthz"})
"""Their forms carry no token: each looks itself at where it was sent from."""
PLAIN_FORMS = frozenset({PLAIN_UPLOAD})
"""Of visitors whose browsers run no scripts, which alone could send a token; these look so themselves, too."""
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

    def __init__(self, app: ASGIApp, *, doorkeeper: Doorkeeper, look_again_s: float = LOOK_AGAIN_S) -> None:
        self._app = app
        self._doorkeeper = doorkeeper
        self._look_again_s = look_again_s
        self._long = LongRequests()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its visitor in `request.state`, or answer in the application's place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.visitor = None
        try:
            visitor = await run_in_threadpool(self._doorkeeper.visitor, request)
        except PipelineError as error:  # out here nobody else tells of it
            await tell(request, status_of(error), str(error))(scope, receive, _with_headers(send))
            return
        request.state.visitor = visitor
        most_bytes = most_body_bytes(request, site_of(request).settings.web, is_known=visitor is not None)
        refusal = _refusal(request, visitor) or _refusal_of_body(request, most_bytes) or self._too_many(request)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        bounded = limited(receive, most_bytes)
        leaving = LeavingVisitor(bounded, send, lambda: self._is_still(visitor, request), self._look_again_s)
        with self._long.counted(request, visitor), asked_from(place_of(request).address):
            try:
                await self._app(scope, leaving.receive, _with_headers(leaving.send))
            except* (VisitorLeft, ClientDisconnect):
                await leaving.finish()

    def _too_many(self, request: Request) -> ASGIApp | None:
        words = self._long.refusal(request, request.state.visitor)
        return tell(request, HTTPStatus.TOO_MANY_REQUESTS, words) if words else None

    def _is_still(self, visitor: Visitor | None, request: Request) -> bool:
        return visitor is None or self._doorkeeper.visitor(request) is not None


def _is_open(path: str) -> bool:
    return path in OPEN_PAGES or path.startswith(OPEN_FOLDER) or is_for_half(path)


def _refusal(request: Request, visitor: Visitor | None) -> ASGIApp | None:
    if _is_open(path_of(request)):
        return None
    if visitor is None:
        return turn_away(request)
    if request.method in SAFE_METHODS or visitor.is_program or path_of(request) in PLAIN_FORMS:
        return None
    if secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), visitor.csrf_token.encode()):
        return None
    return tell(request, HTTPStatus.FORBIDDEN, "this page is too old, or another site sent you; load it again")


def _refusal_of_body(request: Request, most_bytes: int) -> ASGIApp | None:
    if not states_too_much(request, most_bytes):
        return None
    return tell(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_much(most_bytes))


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return send_with_headers
