"""The cookie of a session: out of reach of scripts, sent to nobody else, and only over TLS where there is TLS."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from dashboards.web.rendering import site_of

PLAIN_NAME = "facetrail"
SECURE_NAME = "__Host-facetrail"
"""Browsers take a cookie of this name only by TLS, from the host itself, and for all of it (RFC 6265bis)."""


def session_secret(request: Request) -> str | None:
    """What the request's session cookie says; None without one."""
    return request.cookies.get(_name(request))


def put_session(response: Response, request: Request, secret: str) -> None:
    """Let the browser keep a session; it forgets it when it is closed, and the session ends by itself anyway."""
    response.set_cookie(_name(request), secret, path="/", secure=is_secure(request), httponly=True, samesite="lax")


def drop_session(response: Response, request: Request) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax")


def csrf_token(secret: str) -> str:
    """What a page of this session sends along with each change; it does not tell the session's secret."""
    return hashlib.sha256(b"csrf:" + secret.encode()).hexdigest()


def is_secure(request: Request) -> bool:
    """Whether browsers reach the pages by TLS, as far as this request or the settings tell."""
    return request.url.scheme == "https" or site_of(request).settings.web.public_url.startswith("https:")


def _name(request: Request) -> str:
    return SECURE_NAME if is_secure(request) else PLAIN_NAME
