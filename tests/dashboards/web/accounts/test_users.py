"""Users: what an admin does with them counts at once."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from dashboards.web.site import Site
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from tests.dashboards.web.accounts.conftest import PASSWORD, Open, actions, sign_in

pytestmark = pytest.mark.slow  # each walks through several pages


@pytest.mark.parametrize("path", ["/users", "/audit"])
def test_only_admins_see_the_page(browser: TestClient, kim: User, path: str) -> None:
    sign_in(browser, "kim")

    assert browser.get(path).status_code == 403


def test_new_user_gets_a_link_that_works(browser: TestClient, site: Site, ada: User, open_pages: Open) -> None:
    sign_in(browser)

    answer = browser.post("/users", data={"name": "grace", "role": "analyst"})

    link = re.search(r"http://testserver(/set-up\?token=[\w-]+)", answer.text)
    assert link is not None
    assert "Hello grace" in open_pages(site).get(link.group(1)).text
    assert actions(site)[0] == ("ada", "add user")


def test_user_with_a_password_signs_in(browser: TestClient, site: Site, ada: User, open_pages: Open) -> None:
    sign_in(browser)

    browser.post("/users", data={"name": "grace", "role": "analyst", "password": PASSWORD})

    assert sign_in(open_pages(site), "grace").status_code == 303


def test_name_is_shown_as_text(browser: TestClient, ada: User) -> None:
    sign_in(browser)

    answer = browser.post("/users", data={"name": "<img src=x onerror=alert(1)>", "role": "viewer"})

    assert "<img" not in answer.text
    assert "&lt;img" in answer.text


@pytest.mark.parametrize("change", ["role", "disable"])
def test_change_ends_the_sessions_of_the_user(
    browser: TestClient, site: Site, kim: User, open_pages: Open, change: str
) -> None:
    other = open_pages(site)
    sign_in(browser)
    sign_in(other, "kim")

    browser.post(f"/users/{kim.user_id}/{change}", data={"role": "analyst"})

    assert other.get("/account").status_code == 303


def test_user_who_is_let_in_again_signs_in(browser: TestClient, site: Site, kim: User, open_pages: Open) -> None:
    sign_in(browser)
    browser.post(f"/users/{kim.user_id}/disable")

    browser.post(f"/users/{kim.user_id}/enable")

    assert sign_in(open_pages(site), "kim").status_code == 303


def test_removed_user_is_gone_and_stays_in_the_log(browser: TestClient, site: Site, kim: User) -> None:
    sign_in(browser)

    answer = browser.delete(f"/users/{kim.user_id}")

    assert "kim is removed" in answer.text
    assert Users(site.control).find("kim") is None
    assert ("ada", "remove user") in actions(site)


@pytest.mark.parametrize(
    ("method", "path", "role"), [("DELETE", "", ""), ("POST", "/disable", ""), ("POST", "/role", "viewer")]
)
def test_last_admin_cannot_go(browser: TestClient, site: Site, ada: User, method: str, path: str, role: str) -> None:
    sign_in(browser)

    answer = browser.request(method, f"/users/{ada.user_id}{path}", data={"role": role} if role else None)

    assert answer.status_code == 400
    assert "last admin" in answer.text


def test_unknown_role_and_user_are_told(browser: TestClient, kim: User) -> None:
    sign_in(browser)

    assert browser.post(f"/users/{kim.user_id}/role", data={"role": "owner"}).status_code == 400
    assert browser.post("/users/u_nobody/disable").status_code == 404
