"""One-time links: once, for a while, and the first one only while there is nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.control.accounts.links import PASSWORD_LASTS, SET_UP_LASTS, OneTimeLinks
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control
from pipeline.errors import NotFound
from tests.pipeline.control.accounts.conftest import NOW


def secret_of(secret: str | None) -> str:
    assert secret is not None
    return secret


def test_first_user_is_made_once(control: Control) -> None:
    secret = secret_of(OneTimeLinks(control).for_set_up(NOW))

    user = OneTimeLinks(control).make_first(secret, "ada", "hash", NOW)

    assert user.role is Role.ADMIN
    with pytest.raises(NotFound):
        OneTimeLinks(control).make_first(secret, "eve", "hash", NOW)


def test_new_link_takes_the_place_of_the_last_one(control: Control) -> None:
    first = secret_of(OneTimeLinks(control).for_set_up(NOW))
    OneTimeLinks(control).for_set_up(NOW)

    assert OneTimeLinks(control).find(first, NOW) is None


def test_first_link_is_nothing_once_there_is_somebody(control: Control) -> None:
    secret = secret_of(OneTimeLinks(control).for_set_up(NOW))
    Users(control).add("ada", Role.ADMIN, "hash", NOW)  # by the command line, meanwhile

    assert OneTimeLinks(control).find(secret, NOW) is None
    assert OneTimeLinks(control).for_set_up(NOW) is None
    with pytest.raises(NotFound):
        OneTimeLinks(control).make_first(secret, "eve", "hash", NOW)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=9)])
def test_first_link_runs_out(control: Control, late: timedelta) -> None:
    secret = secret_of(OneTimeLinks(control).for_set_up(NOW))

    assert OneTimeLinks(control).find(secret, NOW + SET_UP_LASTS + late) is None


def test_password_is_chosen_once(control: Control, ada: User) -> None:
    secret = OneTimeLinks(control).for_user(ada.user_id, NOW)

    OneTimeLinks(control).choose_password(secret, "another hash", NOW)

    assert Users(control).named("ada").password_hash != ada.password_hash
    with pytest.raises(NotFound):
        OneTimeLinks(control).choose_password(secret, "a third", NOW)


def test_link_for_a_password_makes_no_user(control: Control, ada: User) -> None:
    secret = OneTimeLinks(control).for_user(ada.user_id, NOW)

    with pytest.raises(NotFound):
        OneTimeLinks(control).make_first(secret, "eve", "hash", NOW)


def test_link_runs_out_and_ends_with_another_password(control: Control, ada: User) -> None:
    secret = OneTimeLinks(control).for_user(ada.user_id, NOW)
    assert OneTimeLinks(control).find(secret, NOW + PASSWORD_LASTS) is None

    Users(control).set_password(ada.user_id, "another hash")

    assert OneTimeLinks(control).find(secret, NOW) is None
