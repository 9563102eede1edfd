"""The gate: bodies are bounded, and answers that go on end with their visitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from dashboards.web.access import Visitor
from dashboards.web.failures import NotSignedIn
from dashboards.web.security.gate import CSRF_HEADER, Gate
from dashboards.web.security.incoming.limits import limited
from dashboards.web.security.leaving import LeavingVisitor
from dashboards.web.site import Site
from pipeline.errors import StoreDamaged
from tests.dashboards.web.conftest import TOKEN, make_visitor
from tests.dashboards.web.waiting import finished

FOOTAGE = "/api/v1/footage/upload"
LIMIT = 16 * 20_000_000 + 1_000_000


class ForgetfulDoorkeeper:
    """Knows a visitor a few times."""

    def __init__(self, n_times: int) -> None:
        self.n_left = n_times

    def visitor(self, request: Request) -> Visitor | None:
        self.n_left -= 1
        return make_visitor() if self.n_left >= 0 else None


def make_app(site: Site, doorkeeper: ForgetfulDoorkeeper) -> FastAPI:
    """Pages that count bytes, and one that never ends."""
    app = FastAPI()
    app.state.site = site
    app.add_middleware(Gate, doorkeeper=doorkeeper, look_again_s=-1.0)

    @app.post("/count")
    @app.post(FOOTAGE)
    @app.post("/{name}/count")
    async def count(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @app.get("/endless")
    def endless() -> StreamingResponse:
        async def numbers() -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0)
                yield b"x"

        return StreamingResponse(numbers())

    @app.get("/events")
    def events() -> EventSourceResponse:
        async def numbers() -> AsyncIterator[dict[str, str]]:
            while True:
                await asyncio.sleep(0)
                yield {"data": "x"}

        return EventSourceResponse(numbers())

    return app


def parts(n_bytes: int) -> Iterator[bytes]:
    for _ in range(n_bytes // 1_000_000):
        yield bytes(1_000_000)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "status"), [("/count", 413), (FOOTAGE, 200)])
def test_body_without_a_stated_length_is_bounded(site: Site, path: str, status: int) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(1000)), headers={CSRF_HEADER: TOKEN})

    assert client.post(path, content=parts(LIMIT + 1_000_000)).status_code == status


@pytest.mark.parametrize("stated", [str(LIMIT + 1), "many", "-1"])
def test_stated_length_is_looked_at_first(site: Site, stated: str) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(1)), headers={CSRF_HEADER: TOKEN})

    assert client.post("/count", content=b"x", headers={"content-length": stated}).status_code == 413


@pytest.mark.parametrize("path", ["/count/upload", f"{FOOTAGE}%3F/count", f"/x{FOOTAGE}", f"{FOOTAGE}/count"])
def test_no_part_of_an_address_makes_a_route_one_for_footage(site: Site, path: str) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(1)), headers={CSRF_HEADER: TOKEN})

    assert client.post(path, content=b"x", headers={"content-length": str(LIMIT + 1)}).status_code == 413


@pytest.mark.parametrize("path", ["/sign-in%3F/count", "/healthz%23/count"])
def test_question_mark_in_a_name_opens_nothing(site: Site, path: str) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(0)))

    assert client.post(path).status_code == 401


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "Application/JSON; charset=utf-8"])
def test_what_is_read_into_memory_may_be_small_only(site: Site, kind: str) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(1)), headers={CSRF_HEADER: TOKEN, "content-type": kind})

    assert client.post("/count", content=b"x", headers={"content-length": "1000001"}).status_code == 413


@pytest.mark.parametrize(("path", "content"), [("/endless", b"xxx"), ("/events", b"data: x\r\n\r\n" * 3)])
def test_endless_answer_ends_when_its_visitor_is_shut_out(site: Site, path: str, content: bytes) -> None:
    client = TestClient(make_app(site, ForgetfulDoorkeeper(4)))

    assert client.get(path).content == content


async def upload_of(doorkeeper: ForgetfulDoorkeeper) -> list[Message]:
    """What comes in of an upload in three parts."""
    parts = [{"type": "http.request", "body": b"x", "more_body": True} for _ in range(3)]

    async def receive() -> Message:
        return parts.pop()

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is answered")

    leaving = LeavingVisitor(receive, send, lambda: doorkeeper.visitor(Request({"type": "http"})) is not None, -1.0)
    return [await leaving.receive() for _ in range(3)]


def test_upload_ends_when_its_visitor_is_shut_out() -> None:
    assert len(finished(upload_of(ForgetfulDoorkeeper(3)))) == 3
    with pytest.raises(NotSignedIn):
        finished(upload_of(ForgetfulDoorkeeper(2)))


async def received(receive: Receive) -> Message:
    return await receive()


def test_sender_who_falls_silent_is_given_up() -> None:
    async def nothing_comes() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it was waited for")

    with pytest.raises(HTTPException) as raised:
        finished(received(limited(nothing_comes, 10, patience_s=0)))

    assert raised.value.status_code == 408


class LostDoorkeeper:
    """Cannot look anybody up."""

    def visitor(self, request: Request) -> Visitor | None:
        raise StoreDamaged("the control database cannot be read")


def test_database_that_cannot_be_read_is_told_and_opens_nothing(site: Site) -> None:
    app = FastAPI()
    app.state.site = site
    app.add_middleware(Gate, doorkeeper=LostDoorkeeper())

    answer = TestClient(app).get("/api/v1/people")

    assert (answer.status_code, answer.json()["detail"]) == (500, "the control database cannot be read")
