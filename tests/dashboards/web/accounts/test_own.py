"""One's own account: password, sessions, tokens."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from dashboards.web.site import Site
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog
from tests.dashboards.web.accounts.conftest import PASSWORD, Open, actions, sign_in

pytestmark = pytest.mark.slow  # each walks through several pages

NEW = "another long walk by the sea"


def change(browser: TestClient, current: str = PASSWORD, password: str = NEW, again: str = NEW) -> int:
    return browser.post(
        "/account/password", data={"current": current, "password": password, "again": again}
    ).status_code


def make_token(browser: TestClient, role: str = "viewer", name: str = "turnstile") -> str:
    answer = browser.post("/account/tokens", data={"name": name, "role": role, "days": "30"})
    found = re.search(r"ft_[\w-]{20,}", answer.text)
    return found.group() if found else ""


def test_new_password_ends_all_other_sessions(site: Site, ada: User, open_pages: Open) -> None:
    here, there = open_pages(site), open_pages(site)
    sign_in(here)
    sign_in(there)

    assert change(here) == 200

    assert here.get("/account").status_code == 200
    assert [row.action for row in AuditLog(site.control).read(2)] == ["change password", "sign in"]
    assert there.get("/account").status_code == 303
    assert sign_in(there, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "again"),
    [("not this one", NEW, NEW), (PASSWORD, NEW, NEW + "!"), (PASSWORD, "short", "short")],
)
def test_password_stays_when_something_is_wrong(
    browser: TestClient, site: Site, ada: User, current: str, password: str, again: str
) -> None:
    sign_in(browser)

    assert change(browser, current, password, again) == 400
    assert Users(site.control).named("ada").password_hash == ada.password_hash


def test_own_password_cannot_be_guessed_from_a_session(browser: TestClient, ada: User) -> None:
    sign_in(browser)

    assert [change(browser, current="not this one") for _ in range(6)][-1] == 429


def test_signing_out_everywhere_does(site: Site, ada: User, open_pages: Open) -> None:
    here, there = open_pages(site), open_pages(site)
    sign_in(here)
    sign_in(there)

    assert here.post("/account/sign-out-everywhere").headers["hx-redirect"] == "/sign-in"

    assert [browser.get("/account").status_code for browser in (here, there)] == [303, 303]


def test_token_lets_a_program_in_without_a_cookie(browser: TestClient, site: Site, ada: User) -> None:
    sign_in(browser)
    token = make_token(browser, "admin")
    browser.cookies.clear()

    answer = browser.get("/users", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert token not in browser.get("/account", headers={"Authorization": f"Bearer {token}"}).text
    assert ("ada", "make token") in actions(site)


def test_token_of_a_smaller_role_may_less(browser: TestClient, ada: User) -> None:
    sign_in(browser)
    token = make_token(browser, "viewer")
    browser.cookies.clear()

    assert browser.get("/users", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_token_above_ones_own_role_is_refused(browser: TestClient, kim: User) -> None:
    sign_in(browser, "kim")

    assert make_token(browser, "admin") == ""


def test_wrong_token_is_not_helped_by_a_cookie(browser: TestClient, ada: User) -> None:
    sign_in(browser)

    assert browser.get("/users", headers={"Authorization": "Bearer ft_another"}).status_code == 303


def test_revoked_token_opens_nothing(browser: TestClient, site: Site, ada: User) -> None:
    sign_in(browser)
    token = make_token(browser)

    browser.delete("/account/tokens/1")

    browser.cookies.clear()
    assert browser.get("/account", headers={"Authorization": f"Bearer {token}"}).status_code == 303


def test_program_has_no_account_page(browser: TestClient, ada: User) -> None:
    sign_in(browser)
    token = make_token(browser, "admin")
    browser.cookies.clear()

    answer = browser.post("/account/tokens", data={"name": "more"}, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403
