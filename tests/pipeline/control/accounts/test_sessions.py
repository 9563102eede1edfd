"""Sessions: opened by a secret that is kept nowhere, ended by time and by every change that matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.sessions import Place, Sessions
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control
from tests.control_databases import of_sqlite
from tests.pipeline.control.accounts.conftest import NOW

PLACE = Place("192.0.2.1", "Firefox")
HOUR = timedelta(hours=1)


@pytest.fixture
def kim(control: Control, ada: User) -> User:
    return Users(control).add("kim", Role.ANALYST, "hash", NOW)


def test_session_is_found_by_its_secret_only(control: Control, kim: User) -> None:
    secret = Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR)

    found = Sessions(control).find(secret, NOW)

    assert found is not None
    assert (found.user, found.address, found.is_half) == (kim, "192.0.2.1", False)
    assert Sessions(control).find(found.token_sha256, NOW) is None


@of_sqlite
def test_secret_is_not_in_the_database(control: Control, kim: User) -> None:
    secret = Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR)

    kept = b"".join(path.read_bytes() for path in control.data_dir.glob("facetrail.db*"))

    assert secret.encode() not in kept


def test_session_ends_at_its_time_however_much_it_is_used(control: Control, kim: User) -> None:
    secret = Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR)

    assert Sessions(control).find(secret, NOW + timedelta(minutes=59)) is not None
    assert Sessions(control).find(secret, NOW + HOUR) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda users, kim: users.set_password(kim.user_id, "another"),
        lambda users, kim: users.set_role(kim.user_id, Role.VIEWER),
        lambda users, kim: users.set_disabled(kim.user_id, is_disabled=True),
        lambda users, kim: users.remove(kim.user_id),
    ],
    ids=["password", "role", "disabled", "removed"],
)
def test_session_ends_with_what_it_rests_on(control: Control, kim: User, change: Callable[[Users, User], None]) -> None:
    secret = Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR)

    change(Users(control), kim)

    assert Sessions(control).find(secret, NOW) is None


def test_use_is_kept_to_within_minutes(control: Control, kim: User) -> None:
    secret, later = Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR), NOW + timedelta(minutes=6)

    Sessions(control).find(secret, later)

    assert [one.seen_at for one in Sessions(control).of_user(kim.user_id, later)] == [later]


def test_half_session_is_not_listed(control: Control, kim: User) -> None:
    Sessions(control).begin(kim.user_id, PLACE, NOW, HOUR, is_half=True)

    assert Sessions(control).of_user(kim.user_id, NOW) == []
