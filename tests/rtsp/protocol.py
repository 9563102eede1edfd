"""RTSP 1.0 as text: requests read from a connection, answers written, and who may enter."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from dataclasses import dataclass, field

NONCE = "8f14e45fceea167a5a36dedd4bea2543"
REALM = "camera"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    def answer(self, status: str = "200 OK", headers: dict[str, str] | None = None, body: str = "") -> bytes:
        """The answer to it."""
        lines = {"CSeq": self.headers.get("cseq", "0"), **(headers or {})}
        if body:
            lines |= {"Content-Length": str(len(body.encode()))}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"RTSP/1.0 {status}\r\n{head}\r\n{body}".encode()


@dataclass(frozen=True, slots=True)
class Login:
    """Who may watch, and by which scheme of HTTP they have to say so."""

    user: str
    password: str = field(repr=False)
    scheme: str = "digest"

    @property
    def challenge(self) -> str:
        return f'Digest realm="{REALM}", nonce="{NONCE}"' if self.scheme == "digest" else f'Basic realm="{REALM}"'

    def admits(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        if self.scheme == "basic":
            return given == "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        fields = dict(re.findall(r'(\w+)="([^"]*)"', given))
        identity = _md5(f"{self.user}:{REALM}:{self.password}")
        deed = _md5(f"{request.method}:{fields.get('uri', '')}")
        return fields.get("response") == _md5(f"{identity}:{NONCE}:{deed}")


async def read_request(reader: asyncio.StreamReader) -> Request:
    """The next request; what the client sends in between as binary (RTCP) is skipped."""
    while (start := await reader.readexactly(1)) == b"$":
        _, *size = await reader.readexactly(3)
        await reader.readexactly(int.from_bytes(bytes(size)))
    head = (start + await reader.readuntil(b"\r\n\r\n")).decode()
    first, *rest = head.strip().split("\r\n")
    method, url, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, url, headers)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
