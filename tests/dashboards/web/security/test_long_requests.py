"""Streams and uploads at the same time: so many of each for one session or token, and no route is forgotten."""

from __future__ import annotations

import asyncio
from typing import get_type_hints

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute, iter_route_contexts
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from dashboards.web.access import Role, Visitor
from dashboards.web.app import create_app
from dashboards.web.security.gate import Gate
from dashboards.web.security.incoming.limits import UPLOADS
from dashboards.web.security.long_requests import SENDING, STREAMS, WATCHING
from dashboards.web.site import Site
from tests.dashboards.web.conftest import FixedDoorkeeper
from tests.dashboards.web.waiting import finished

KINDS = (StreamingResponse, EventSourceResponse)
UPLOAD = f"{UPLOADS}/{'0' * 32}"


class NamedDoorkeeper:
    """Knows every program by the name that it says."""

    def visitor(self, request: Request) -> Visitor:
        return Visitor(name=request.headers["who"], role=Role.ANALYST)


class Crowd:
    """Requests at one gate; those that pass stay until they are told to go."""

    def __init__(self, site: Site) -> None:
        self._gate = Gate(self._stay, doorkeeper=NamedDoorkeeper())
        self._app = FastAPI()
        self._app.state.site = site
        self._news: asyncio.Queue[int] = asyncio.Queue()
        self._open: list[asyncio.Task[None]] = []

    async def come(self, method: str, path: str, who: str) -> int:
        """The status of a request that is refused; 0 for one that passes."""
        scope = {"type": "http", "app": self._app, "server": ("test", 80), "client": ("192.0.2.1", 9), "scheme": "http"}
        asked = {"method": method, "path": path, "query_string": b"", "headers": [(b"who", who.encode())]}
        self._open.append(asyncio.create_task(self._gate({**scope, **asked}, _nothing, self._tell)))
        return await self._news.get()

    async def go(self) -> None:
        """Let all connections break."""
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _stay(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        self._news.put_nowait(0)
        await asyncio.Event().wait()

    async def _tell(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._news.put_nowait(message["status"])


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def crowded(site: Site, method: str, path: str, most: int) -> list[int]:
    crowd = Crowd(site)
    statuses = [await crowd.come(method, path, "ada/wall") for _ in range(most + 1)]
    statuses.append(await crowd.come(method, path, "grace/wall"))
    await crowd.go()
    statuses.append(await crowd.come(method, path, "ada/wall"))
    await crowd.go()
    return statuses


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [("GET", "/live/events", WATCHING.most), ("PATCH", UPLOAD, SENDING.most)],
)
def test_one_too_many_is_refused_until_others_have_ended(site: Site, method: str, path: str, most: int) -> None:
    assert finished(crowded(site, method, path, most)) == [*[0] * most, 429, 0, 0]


@pytest.mark.slow
def test_every_stream_is_counted(site: Site) -> None:
    contexts = iter_route_contexts(create_app(site, FixedDoorkeeper(None)).routes)
    routes = [(one.path, one.route.endpoint) for one in contexts if isinstance(one.route, APIRoute)]

    streaming = {path for path, endpoint in routes if get_type_hints(endpoint).get("return") in KINDS}
    assert streaming == STREAMS
