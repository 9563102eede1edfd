"""The first start: one link, one account, and no second chance for anybody else."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from fastapi.testclient import TestClient

from dashboards.web.site import Site
from pipeline.control.accounts.links import OneTimeLinks
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from tests.dashboards.web.accounts.conftest import PASSWORD, actions, is_in, sign_in

pytestmark = pytest.mark.slow  # passwords are hashed for real


@pytest.fixture
def secret(site: Site) -> str:
    made = OneTimeLinks(site.control).for_set_up(datetime.now(UTC))
    assert made is not None
    return made


def choose(browser: TestClient, secret: str, name: str = "ada", **fields: str) -> httpx.Response:
    given = {"token": secret, "name": name, "password": PASSWORD, "again": PASSWORD}
    return browser.post("/set-up", data={**given, **fields})


def test_link_makes_the_first_admin_and_signs_in(browser: TestClient, site: Site, secret: str) -> None:
    answer = choose(browser, secret)

    assert (answer.status_code, answer.headers["location"]) == (303, "/first-steps")
    assert "Bring in your colleagues" in browser.get("/first-steps").text
    assert actions(site) == [("ada", "sign in"), ("ada", "add user")]


def test_link_works_once(browser: TestClient, site: Site, secret: str) -> None:
    choose(browser, secret)

    assert choose(browser, secret, "eve").status_code == 410
    assert browser.get("/set-up", params={"token": secret}).status_code == 410
    assert [user.name for user in Users(site.control).list()] == ["ada"]


@pytest.mark.parametrize("wrong", ["", "another"])
def test_without_the_link_nobody_is_made(browser: TestClient, site: Site, secret: str, wrong: str) -> None:
    assert choose(browser, wrong).status_code == 410
    assert not Users(site.control).has_any()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"again": "another long walk"}, "not the same"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"name": "a/b"}, "must not have a /"),
        ({"name": "<b>"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_the_link_stays(
    browser: TestClient, secret: str, fields: dict[str, str], words: str
) -> None:
    answer = choose(browser, secret, **fields)

    assert words in answer.text
    assert "<b>" not in answer.text.partition("<form")[2]
    assert answer.status_code == (422 if words else 303)


def test_form_of_another_site_makes_nobody(browser: TestClient, site: Site, secret: str) -> None:
    browser.headers["Origin"] = "https://evil.example"

    assert choose(browser, secret).status_code == 403
    assert not Users(site.control).has_any()


def test_user_chooses_a_password_and_earlier_sessions_end(browser: TestClient, site: Site, kim: User) -> None:
    sign_in(browser, "kim")
    earlier = dict(browser.cookies)
    browser.cookies.clear()
    secret = OneTimeLinks(site.control).for_user(kim.user_id, datetime.now(UTC))

    answer = choose(browser, secret, "ignored", password="another long walk", again="another long walk")  # noqa: S106 # of no one

    assert answer.headers["location"] == "/"
    assert browser.get("/account").status_code == 200
    assert not is_in(browser, earlier)
