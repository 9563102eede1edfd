"""Users: one for each name however it is written, and an admin who stays."""

from __future__ import annotations

import pytest

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.sessions import Place, Sessions
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import LONGEST_NAME, Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control
from pipeline.errors import InputError, NotFound
from tests.pipeline.control.accounts.conftest import NOW


def test_there_is_nobody_at_first(control: Control) -> None:
    assert (Users(control).list(), Users(control).has_any()) == ([], False)


@pytest.mark.parametrize("name", ["", " ada", "a\nb", "ada/turnstile", "x" * (LONGEST_NAME + 1)])
def test_name_that_nobody_can_have_is_refused(control: Control, name: str) -> None:
    with pytest.raises(InputError, match="a user's name must"):
        Users(control).add(name, Role.ADMIN, None, NOW)


@pytest.mark.parametrize("name", ["Ada", "ADA", "\uff21da"])
def test_same_name_written_otherwise_is_the_same_user(control: Control, ada: User, name: str) -> None:
    assert Users(control).named(name) == ada
    with pytest.raises(InputError, match="already"):
        Users(control).add(name, Role.VIEWER, None, NOW)


def test_first_user_has_to_be_an_admin(control: Control) -> None:
    with pytest.raises(InputError, match="has to be an admin"):
        Users(control).add("kim", Role.VIEWER, None, NOW)


def test_last_admin_stays_one(control: Control, ada: User) -> None:
    users = Users(control)
    users.add("kim", Role.ADMIN, None, NOW)  # who has not chosen a password yet, and does not count

    for change in (
        lambda: users.remove(ada.user_id),
        lambda: users.set_role(ada.user_id, Role.ANALYST),
        lambda: users.set_disabled(ada.user_id, is_disabled=True),
    ):
        with pytest.raises(InputError, match="last admin"):
            change()
    assert users.named("ada") == ada


def test_admin_may_go_when_another_one_stays(control: Control, ada: User) -> None:
    Users(control).add("kim", Role.ADMIN, "another hash", NOW)

    Users(control).remove(ada.user_id)

    assert [user.name for user in Users(control).list()] == ["kim"]


def test_whoever_is_gone_takes_sessions_and_tokens_along(control: Control, ada: User) -> None:
    kim = Users(control).add("kim", Role.VIEWER, "hash", NOW)
    secret = Sessions(control).begin(kim.user_id, Place("192.0.2.1", "Firefox"), NOW, lasts=NOW - NOW.replace(hour=1))
    token = ApiTokens(control).make(kim, "door", Role.VIEWER, NOW, None)

    Users(control).remove(kim.user_id)

    assert Sessions(control).find(secret, NOW) is None
    assert ApiTokens(control).find(token, NOW) is None


def test_change_of_somebody_who_is_gone_is_told(control: Control) -> None:
    with pytest.raises(NotFound):
        Users(control).set_password("u_nobody", "hash")
