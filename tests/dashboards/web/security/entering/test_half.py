"""Half signed in: it opens one page, for a few minutes and a few looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response

from dashboards.web.failures import Forbidden, NotSignedIn, TooOften
from dashboards.web.security.entering.cookies import PLAIN_NAME, session_secret
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.security.entering.half import (
    FACE_LIMIT,
    HALF_LASTS,
    check_half_change,
    count_face_try,
    half_signed_in,
    whole_session,
)
from dashboards.web.site import Site
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.sessions import Place, Sessions
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User


class App:
    """As much of an application as a request asks for."""

    def __init__(self, site: Site) -> None:
        self.state = type("State", (), {"site": site})()


@pytest.fixture
def ada(site: Site) -> User:
    return Users(site.control).add("ada", Role.ADMIN, "a hash", datetime.now(UTC))


def ask(site: Site, secret: str, **headers: str) -> Request:
    """A request with this session's cookie."""
    sent = {"cookie": f"{PLAIN_NAME}={secret}", **headers}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "app": App(site), "scheme": "http", "headers": raw, "client": ("192.0.2.1", 1)}
    return Request({**scope, "server": ("testserver", 80), "path": "/sign-in/face", "query_string": b""})


def begin(site: Site, user: User, *, is_half: bool = True) -> Request:
    now = datetime.now(UTC)
    return ask(
        site, Sessions(site.control).begin(user.user_id, Place("192.0.2.1", ""), now, HALF_LASTS, is_half=is_half)
    )


def test_half_session_is_no_visitor(site: Site, ada: User) -> None:
    request = begin(site, ada)

    assert half_signed_in(request).user.name == "ada"
    assert AccountDoorkeeper(site.control).visitor(request) is None


def test_whole_session_and_nobody_are_not_half(site: Site, ada: User) -> None:
    for request in (begin(site, ada, is_half=False), ask(site, ""), ask(site, "another")):
        with pytest.raises(NotSignedIn):
            half_signed_in(request)


def test_half_session_is_over_after_minutes(site: Site, ada: User) -> None:
    began = datetime.now(UTC) - HALF_LASTS - timedelta(seconds=1)
    secret = Sessions(site.control).begin(ada.user_id, Place("", ""), began, HALF_LASTS, is_half=True)

    with pytest.raises(NotSignedIn):
        half_signed_in(ask(site, secret))


def test_change_needs_the_token_of_the_page(site: Site, ada: User) -> None:
    request = begin(site, ada)
    half = half_signed_in(request)

    with pytest.raises(Forbidden):
        check_half_change(request, half)
    check_half_change(ask(site, session_secret(request) or "", **{"x-csrf-token": half.csrf_token}), half)


def test_looks_are_few_whatever_session_they_come_from(site: Site, ada: User) -> None:
    for _ in range(FACE_LIMIT.n_free):
        request = begin(site, ada)
        count_face_try(request, half_signed_in(request))

    request = begin(site, ada)
    with pytest.raises(TooOften):
        count_face_try(request, half_signed_in(request))


def test_right_face_gives_a_new_session_and_ends_the_half_one(site: Site, ada: User) -> None:
    request, response = begin(site, ada), Response()

    whole_session(request, half_signed_in(request), response)

    secret = response.headers["set-cookie"].partition(";")[0].partition("=")[2]
    visitor = AccountDoorkeeper(site.control).visitor(ask(site, secret))
    assert visitor is not None
    assert visitor.name == "ada"
    assert Sessions(site.control).find(session_secret(request) or "", datetime.now(UTC)) is None
