"""Signing in: the same answer whatever was wrong, few tries, and a cookie that nobody else gets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from dashboards.web.site import Site
from pipeline.control.accounts.tries import Tries, TryLimit
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from tests.dashboards.web.accounts.conftest import ORIGIN, PASSWORD, Open, actions, is_in, sign_in, with_web


def test_pages_are_alive_and_say_no_more(browser: TestClient) -> None:
    answer = browser.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_without_any_account_the_page_says_how_to_make_one(browser: TestClient) -> None:
    answer = browser.get("/sign-in")

    assert "facetrail users link" in answer.text
    assert 'name="password"' not in answer.text


def test_right_password_opens_the_page_that_was_asked_for(browser: TestClient, site: Site, ada: User) -> None:
    answer = sign_in(browser, next="/account?done=password")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert browser.get("/account").status_code == 200
    assert actions(site)[0] == ("ada", "sign in")


@pytest.mark.parametrize(("name", "status"), [("ada", 401), (r"\ud800", 400)])
def test_what_is_no_text_is_no_password_and_no_name(browser: TestClient, ada: User, name: str, status: int) -> None:
    part = '--X\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("name", name) + part.format("password", r"\ud800") + "--X--\r\n"
    kind = "multipart/form-data; boundary=X; charset=unicode_escape"

    assert browser.post("/sign-in", content=body, headers={"content-type": kind}).status_code == status


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient, ada: User) -> None:
    cookie = sign_in(browser).headers["set-cookie"]

    assert cookie.startswith("facetrail=")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower()


@pytest.mark.parametrize("base_url", ["https://faces.example.org", ORIGIN])
def test_behind_tls_the_cookie_is_the_hosts_alone(site: Site, ada: User, open_pages: Open, base_url: str) -> None:
    browser = open_pages(with_web(site, public_url="https://faces.example.org"), base_url)

    cookie = sign_in(browser).headers["set-cookie"]

    assert cookie.startswith("__Host-facetrail=")
    assert "; Secure" in cookie


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_answer(browser: TestClient, ada: User, name: str) -> None:
    answer = sign_in(browser, name, "not this one")

    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text
    assert "set-cookie" not in answer.headers


def test_somebody_who_is_shut_out_gets_the_same_answer(browser: TestClient, site: Site, kim: User) -> None:
    Users(site.control).set_disabled(kim.user_id, is_disabled=True)

    assert sign_in(browser, "kim").status_code == 401


@pytest.mark.slow
def test_name_that_nobody_has_is_not_written_down(browser: TestClient, site: Site, ada: User) -> None:
    sign_in(browser, PASSWORD, "ada")  # in each other's place

    assert actions(site)[0] == ("nobody known", "sign in refused")


def test_many_tries_have_to_wait_even_with_the_right_password(browser: TestClient, site: Site, ada: User) -> None:
    for _ in range(5):
        sign_in(browser, password="not this one")  # noqa: S106 # of no one

    answer = sign_in(browser)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert actions(site)[0] == ("ada", "sign in refused")


def test_tries_that_have_to_wait_do_not_fill_the_log(browser: TestClient, site: Site) -> None:
    Tries(site.control).begin({"name:eve": TryLimit(n_free=0, longest_wait_s=60)}, datetime.now(UTC))
    for _ in range(3):
        assert sign_in(browser, "eve").status_code == 429

    assert actions(site) == [("nobody known", "sign in refused")]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "javascript:x",
        "/sign-out",
    ],
)
def test_next_page_is_one_of_ours(browser: TestClient, ada: User, target: str) -> None:
    assert sign_in(browser, next=target).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_form_of_another_site_is_refused(browser: TestClient, ada: User, headers: dict[str, str]) -> None:
    answer = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD}, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_and_not_only_the_cookie(browser: TestClient, ada: User) -> None:
    sign_in(browser)
    cookies = dict(browser.cookies)

    answer = browser.post("/sign-out", headers={"X-CSRF-Token": ""})  # a plain form sends none

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert not is_in(browser, cookies)


def test_another_site_signs_nobody_out(browser: TestClient, ada: User) -> None:
    sign_in(browser)
    cookies = dict(browser.cookies)

    assert browser.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert is_in(browser, cookies)


def test_signing_in_again_gives_another_secret_and_ends_the_first(browser: TestClient, ada: User) -> None:
    sign_in(browser)
    first = dict(browser.cookies)

    sign_in(browser)

    assert dict(browser.cookies) != first
    assert not is_in(browser, first)


def test_changes_need_the_token_of_the_session(browser: TestClient, ada: User) -> None:
    sign_in(browser)

    answer = browser.post("/account/sign-out-everywhere", headers={"X-CSRF-Token": ""})

    assert answer.status_code == 403


def test_large_body_of_somebody_unknown_is_refused(browser: TestClient, ada: User) -> None:
    answer = browser.post("/sign-in", data={"name": "ada", "password": "x" * 100_000})

    assert answer.status_code == 413


@pytest.mark.parametrize("face_sign_in", [True, False])
def test_second_factor_comes_after_the_password(site: Site, kim: User, open_pages: Open, face_sign_in: bool) -> None:
    Users(site.control).set_face(kim.user_id, "p_kim")
    browser = open_pages(with_web(site, face_sign_in=face_sign_in))

    answer = sign_in(browser, "kim", next="/account")

    assert answer.headers["location"] == ("/sign-in/face?next=%2Faccount" if face_sign_in else "/account")
    assert browser.get("/account").status_code == (303 if face_sign_in else 200)
