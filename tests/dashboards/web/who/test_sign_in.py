"""The face as second factor: the right one opens, another does not, and tries are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboards.web.security.entering.cookies import csrf_token
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_png, make_vector
from tests.dashboards.web.who.conftest import ADA, GRACE

PASSWORD = "a long walk by the sea"  # noqa: S105 # of no one
ORIGIN = "http://testserver"
FRAME = {"picture": ("frame.png", make_png(), "image/png")}
TURNS = {"front": 0.0, "left": 0.35, "right": -0.35}

Show = Callable[[TestClient, int], dict[str, str]]


@pytest.fixture
def half_in(asked_site: Site, application: FastAPI) -> Iterator[TestClient]:
    """A browser whose user gave the right password; the face asked for is that of Ada Lovelace."""
    web = WebSettings(**{**asked_site.settings.web.model_dump(), "face_sign_in": True})
    settings = asked_site.settings.model_copy(update={"web": web})
    site = Site(settings, asked_site.control, asked_site.redis_url, asker=asked_site.asker)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = Users(site.control).add("ada", Role.ADMIN, hashed, datetime.now(UTC))
    Users(site.control).set_face(user.user_id, People(site.control).person("Ada Lovelace").person_id)
    application.state.site = site
    client = TestClient(application, headers={"Origin": ORIGIN, "Accept": "text/html"}, follow_redirects=False)
    client.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    client.headers[CSRF_HEADER] = csrf_token(client.cookies["facetrail"])
    yield client
    client.close()


@pytest.fixture
def show(asker: GivenAsker) -> Show:
    """Shows a person's face, turned as it is wanted, until the check is over; what was said last."""

    def keep_showing(client: TestClient, axis: int) -> dict[str, str]:
        said: dict[str, str] = client.post("/sign-in/face/begin").json()
        while said.get("stage") not in {"passed", "failed"}:
            turn = TURNS[said["wanted"]]
            asker.picture = make_examined(make_examined_face(make_vector(axis), turn=turn))
            said = client.post("/sign-in/face/look", files=FRAME).json()
        return said

    return keep_showing


def test_the_right_face_opens_the_pages(half_in: TestClient, show: Show) -> None:
    assert half_in.get("/who").headers["location"].startswith("/sign-in")

    assert show(half_in, ADA)["stage"] == "passed"

    assert half_in.get("/account").status_code == 200


def test_another_face_opens_nothing_and_is_noted(half_in: TestClient, show: Show, asked_site: Site) -> None:
    said = show(half_in, GRACE)

    assert said["stage"] == "failed"
    assert "not the face" in said["words"]
    assert half_in.get("/account").status_code == 303
    assert AuditLog(asked_site.control).read()[0].detail == "another face"


def test_a_photograph_that_does_not_turn_its_head_is_not_enough(half_in: TestClient, asker: GivenAsker) -> None:
    asker.picture = make_examined(make_examined_face(make_vector(ADA)))
    half_in.post("/sign-in/face/begin")

    stages = [half_in.post("/sign-in/face/look", files=FRAME).json()["stage"] for _ in range(5)]

    assert stages == ["look", "turn", "turn", "turn", "turn"]


def test_tries_are_counted(half_in: TestClient, show: Show) -> None:
    tries = [half_in.post("/sign-in/face/begin", headers={"HX-Request": "true"}).status_code for _ in range(8)]

    assert tries[0] == 200
    assert tries[-1] == 429


def test_a_frame_before_the_beginning_is_refused(half_in: TestClient) -> None:
    assert half_in.post("/sign-in/face/look", files=FRAME).status_code == 400


def test_a_frame_without_the_token_of_the_page_is_refused(half_in: TestClient) -> None:
    half_in.headers[CSRF_HEADER] = "another"

    assert half_in.post("/sign-in/face/begin").status_code == 403


def test_nobody_comes_here_without_a_password(half_in: TestClient) -> None:
    half_in.cookies.clear()

    assert half_in.get("/sign-in/face").headers["location"].startswith("/sign-in")
