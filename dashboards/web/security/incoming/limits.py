"""How large the body of a request may be, enforced while it comes in, before anybody keeps or parses it.

A route that takes footage reads `request.stream()` itself and declares no body: only such a route, listed here, gets
more than a form with some pictures. A form without files, or JSON, gets less, since it is read into memory.
"""

from __future__ import annotations

import asyncio
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from dashboards.web.security.places import path_of
from pipeline.config import WebSettings

UPLOADS = "/api/v1/uploads"
"""Uploads that can be gone on with; each lies below it."""
PLAIN_UPLOAD = "/footage/upload"
"""Where the form of a page without scripts sends a file."""
STREAMED = re.compile(rf"{PLAIN_UPLOAD}|/api/v1/footage/upload|{UPLOADS}/[0-9a-f]{{32}}")
"""The paths of routes that read footage as it comes."""
OPEN_BODY_BYTES = 64 * 1024
"""Of those who are not signed in: a name and a password."""
FRAME_BYTES = 3_000_000
"""Of those who are half signed in: one picture of a browser's camera."""
OPEN_TO_HALF = "/sign-in/face"
"""The page of the second factor, with what lies below it; it looks itself who is half signed in."""
FORM_BYTES = 1_000_000
"""Of a form beside its pictures."""
READ_WHOLE = ("application/x-www-form-urlencoded", "application/json")
"""Forms without files, and JSON: read into memory, so they bring no more than a form beside its pictures."""
MOST_PICTURES = 16
"""Of the largest size in one form; many small ones take no more room."""
MB = 1_000_000
PATIENCE_S = 30.0
"""A sender of whose body nothing comes for so long, in seconds, is given up: thousands of them would cost nothing."""


def most_body_bytes(request: Request, settings: WebSettings, *, is_known: bool) -> int:
    """The most bytes that the request may bring; `is_known` when somebody is signed in."""
    path = path_of(request)
    if not is_known:
        return FRAME_BYTES if is_for_half(path) else OPEN_BODY_BYTES
    if is_streamed(path):
        return settings.most_upload_mb * MB
    if _is_read_whole(request):
        return FORM_BYTES
    return MOST_PICTURES * settings.most_picture_mb * MB + FORM_BYTES


def _is_read_whole(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().lstrip().startswith(READ_WHOLE)


def is_streamed(path: str) -> bool:
    """Whether footage is read there as it comes."""
    return STREAMED.fullmatch(path) is not None


def is_for_half(path: str) -> bool:
    """Whether this is the page of the second factor, or lies below it."""
    return path == OPEN_TO_HALF or path.startswith(f"{OPEN_TO_HALF}/")


def states_too_much(request: Request, most_bytes: int) -> bool:
    """Whether the request says itself that it brings more, or nothing that can be understood."""
    stated = request.headers.get("content-length", "0")
    return not stated.isdecimal() or int(stated) > most_bytes


def limited(receive: Receive, most_bytes: int, patience_s: float = PATIENCE_S) -> Receive:
    """`receive`, which ends with status 413 as soon as more than `most_bytes` of body have come in, and with 408 when
    nothing more of it comes for `patience_s`."""
    left, is_over = most_bytes, False

    async def receive_limited() -> Message:
        nonlocal left, is_over
        try:
            async with asyncio.timeout(None if is_over else patience_s):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, f"nothing more of this request came for {patience_s:.0f} s") from error
        is_over = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, too_much(most_bytes))
        return message

    return receive_limited


def too_much(most_bytes: int) -> str:
    """The refusal in words."""
    return f"this is too much at once: at most {most_bytes / MB:,.0f} MB" if most_bytes >= MB else "this is too much"
