"""What tus 1.0.0 says in headers (https://tus.io/protocols/resumable-upload).

Of its extensions creation, termination and expiration are here; of Upload-Metadata the file's name is taken.
"""

from __future__ import annotations

import base64
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.routing import APIRoute
from pydantic import WithJsonSchema
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
HEADERS = {"Tus-Resumable": VERSION, "Tus-Version": VERSION}
"""What every answer says."""
FILE_NAME = "filename"


class TusRoute(APIRoute):
    """A route all whose answers, refusals too, say which tus is spoken here."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with these headers."""

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await super().handle(scope, receive, send_with_version)


def _check_version(
    tus_resumable: Annotated[
        str,
        Header(alias="Tus-Resumable", description="The tus that is spoken."),
        WithJsonSchema({"type": "string", "enum": [VERSION]}),
    ],
) -> None:
    if tus_resumable != VERSION:
        raise HTTPException(HTTPStatus.PRECONDITION_FAILED, f"tus {VERSION} is spoken here")


def _check_content_type(request: Request) -> None:
    if request.headers.get("content-type", "") != CONTENT_TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the Content-Type has to be {CONTENT_TYPE}")


SpokenTus = Annotated[None, Depends(_check_version)]
"""Refuses another version."""
BytesSent = Annotated[None, Depends(_check_content_type)]
"""Refuses a body that is no part of a file."""
BYTES: dict[str, Any] = {
    "requestBody": {"required": True, "content": {CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
"""The description of a body with some bytes of a file."""


def answered_with(**headers: str) -> dict[str, Any]:
    """The description of an answer's headers, by name with `_` for `-`."""
    return {
        name.replace("_", "-"): {"description": words, "schema": {"type": "string"}} for name, words in headers.items()
    }


def file_name(metadata: str) -> str:
    """The name of a file in Upload-Metadata, as its sender gives it; empty when there is none that can be read."""
    pairs = (pair.strip().partition(" ") for pair in metadata.split(","))
    value = next((value for key, _, value in pairs if key == FILE_NAME), "")
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except ValueError:  # no base64, or not even ASCII
        return ""


def metadata_of(name: str) -> str:
    """Upload-Metadata of a file of that name."""
    return f"{FILE_NAME} {base64.b64encode(name.encode()).decode()}"


def http_date(at: datetime) -> str:
    """A moment in UTC as headers have it (RFC 9110)."""
    return format_datetime(at, usegmt=True)
