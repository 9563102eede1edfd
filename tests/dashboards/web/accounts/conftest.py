"""The pages as those meet them who have to sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from dashboards.web.app import create_app
from dashboards.web.security.entering.cookies import csrf_token
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog

PASSWORD = "a long walk by the sea"  # noqa: S105 # of no one
ORIGIN = "http://testserver"
COOKIE = "facetrail"

Open = Callable[..., TestClient]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Of PASSWORD; a cheap one, since those of users are meant to be slow."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def ada(site: Site, password_hash: str) -> User:
    """An admin."""
    return Users(site.control).add("ada", Role.ADMIN, password_hash, datetime.now(UTC))


@pytest.fixture
def kim(site: Site, ada: User, password_hash: str) -> User:
    """A viewer, beside the admin."""
    return Users(site.control).add("kim", Role.VIEWER, password_hash, datetime.now(UTC))


@pytest.fixture
def open_pages() -> Iterator[Open]:
    """Makes a browser without cookies on a site."""
    opened: list[TestClient] = []

    def make(site: Site, base_url: str = ORIGIN) -> TestClient:
        app = create_app(site, AccountDoorkeeper(site.control))
        headers = {"Origin": base_url, "Accept": "text/html"}
        opened.append(TestClient(app, base_url=base_url, headers=headers, follow_redirects=False))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def browser(site: Site, open_pages: Open) -> TestClient:
    """A browser without cookies on an empty site."""
    return open_pages(site)


def sign_in(browser: TestClient, name: str = "ada", password: str = PASSWORD, **fields: str) -> httpx.Response:
    """The form, filled in and sent; afterwards the browser sends the token of its session with each change."""
    answer = browser.post("/sign-in", data={"name": name, "password": password, **fields})
    secret = browser.cookies.get(COOKIE)
    if secret:
        browser.headers[CSRF_HEADER] = csrf_token(secret)
    return answer


def is_in(browser: TestClient, cookies: dict[str, str]) -> bool:
    """Whether these cookies alone open a page."""
    browser.cookies.clear()
    browser.cookies.update(cookies)
    return browser.get("/account").status_code == 200


def with_web(site: Site, **changes: Any) -> Site:
    """The same site with other settings of the pages."""
    web = WebSettings(**{**site.settings.web.model_dump(), **changes})
    return Site(site.settings.model_copy(update={"web": web}), site.control, site.redis_url)


def actions(site: Site) -> list[tuple[str, str]]:
    """Who did what by the audit log, newest first."""
    return [(entry.who, entry.action) for entry in AuditLog(site.control).read()]
