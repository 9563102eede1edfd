"""Tokens of programs: no more than their user may, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control
from pipeline.errors import InputError
from tests.pipeline.control.accounts.conftest import NOW


def test_token_is_found_with_its_user(control: Control, ada: User) -> None:
    token = ApiTokens(control).make(ada, "turnstile", Role.ANALYST, NOW, None)

    found = ApiTokens(control).find(token, NOW)

    assert token.startswith("ft_")
    assert found is not None
    assert (found.name, found.role, found.user.name) == ("turnstile", Role.ANALYST, "Ada")


@pytest.mark.parametrize("text", ["", "ft_", "ft_another", "Ada"])
def test_anything_else_is_no_token(control: Control, ada: User, text: str) -> None:
    ApiTokens(control).make(ada, "turnstile", Role.ANALYST, NOW, None)

    assert ApiTokens(control).find(text, NOW) is None


def test_token_runs_out(control: Control, ada: User) -> None:
    token = ApiTokens(control).make(ada, "turnstile", Role.VIEWER, NOW, NOW + timedelta(days=1))

    assert ApiTokens(control).find(token, NOW + timedelta(hours=23)) is not None
    assert ApiTokens(control).find(token, NOW + timedelta(days=1)) is None


def test_token_may_no_more_than_its_user_may_now(control: Control, ada: User) -> None:
    kim = Users(control).add("kim", Role.ADMIN, "hash", NOW)
    token = ApiTokens(control).make(kim, "turnstile", Role.ADMIN, NOW, None)

    Users(control).set_role(kim.user_id, Role.VIEWER)

    found = ApiTokens(control).find(token, NOW)
    assert found is not None
    assert found.role is Role.VIEWER


def test_token_above_its_user_is_refused(control: Control, ada: User) -> None:
    kim = Users(control).add("kim", Role.VIEWER, "hash", NOW)

    with pytest.raises(InputError, match="viewer at most"):
        ApiTokens(control).make(kim, "turnstile", Role.ADMIN, NOW, None)


def test_token_of_somebody_who_is_shut_out_opens_nothing(control: Control, ada: User) -> None:
    kim = Users(control).add("kim", Role.VIEWER, "hash", NOW)
    token = ApiTokens(control).make(kim, "turnstile", Role.VIEWER, NOW, None)

    Users(control).set_disabled(kim.user_id, is_disabled=True)

    assert ApiTokens(control).find(token, NOW) is None


def test_nobody_revokes_the_token_of_another(control: Control, ada: User) -> None:
    kim = Users(control).add("kim", Role.VIEWER, "hash", NOW)
    token = ApiTokens(control).make(ada, "turnstile", Role.VIEWER, NOW, None)
    (made,) = ApiTokens(control).of_user(ada.user_id)

    ApiTokens(control).revoke(kim.user_id, made.token_id)

    assert ApiTokens(control).find(token, NOW) is not None
