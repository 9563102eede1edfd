"""Tokens of programs: made by a user for the API, shown once, and kept as digests.

ApiTokens(control).make(user, name, role, now, expires_at) -> the token, beginning with ft_
ApiTokens(control).find(token, now) -> ApiToken | None
ApiTokens(control).of_user(user_id) / revoke(user_id, token_id)
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, or_, select, update

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.secrets import TOKEN_PREFIX, digest, fresh_secret
from pipeline.control.accounts.sessions import SEEN_EVERY
from pipeline.control.accounts.tables import tokens, users
from pipeline.control.accounts.users import name_fault
from pipeline.control.accounts.values import ApiToken, User
from pipeline.control.database import Control
from pipeline.errors import InputError, StoreFull

MOST_TOKENS = 50
"""Of one user; a program that makes one at every start is told so."""


class ApiTokens:
    """The tokens of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def make(self, user: User, name: str, role: Role, now: datetime, expires_at: datetime | None) -> str:
        """A new token; returns it, which is the only time that it is seen.

        Raises `InputError` for a role above the user's, a name that cannot be or is in use, and one too many.
        """
        _check_token(user, name, role, self.of_user(user.user_id))
        token = TOKEN_PREFIX + fresh_secret()
        row = {
            "token_sha256": digest(token),
            "user_id": user.user_id,
            "name": name,
            "role": role.word,
            "made_at": now,
            "expires_at": expires_at,
            "used_at": None,
        }
        with self._control.writing() as transaction:
            transaction.connection.execute(insert(tokens).values(row))
        return token

    def find(self, token: str, now: datetime) -> ApiToken | None:
        """What the token is; None when it is none, or ran out, or its user is shut out."""
        is_open = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)
        query = _joined().where(tokens.c.token_sha256 == digest(token), is_open, users.c.disabled.is_(False))
        with self._control.reading() as transaction:
            row = transaction.connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.used_at is None or now - row.used_at > SEEN_EVERY:
            self._note_use(row.token_id, now)
        return _token_of(row)

    def of_user(self, user_id: str) -> list[ApiToken]:
        """A user's tokens by name, with those that ran out."""
        query = _joined().where(tokens.c.user_id == user_id).order_by(tokens.c.name)
        with self._control.reading() as transaction:
            return [_token_of(row) for row in transaction.connection.execute(query)]

    def revoke(self, user_id: str, token_id: int) -> None:
        """Let a user's token open nothing any more; one that is not there does not already."""
        with self._control.writing() as transaction:
            mine = (tokens.c.user_id == user_id) & (tokens.c.token_id == token_id)
            transaction.connection.execute(delete(tokens).where(mine))

    def _note_use(self, token_id: int, now: datetime) -> None:
        with suppress(StoreFull), self._control.writing() as transaction:  # a full disk shuts nobody out
            transaction.connection.execute(update(tokens).where(tokens.c.token_id == token_id).values(used_at=now))


def _check_token(user: User, name: str, role: Role, others: Sequence[ApiToken]) -> None:
    fault = name_fault(name)
    if fault is not None:
        raise InputError(f"a token's name {fault}")
    if role > user.role:
        raise InputError(f"a token of {user.name} may be {user.role.word} at most, not {role.word}")
    if name in {other.name for other in others}:
        raise InputError(f"you have a token {name} already; revoke it, or choose another name")
    if len(others) >= MOST_TOKENS:
        raise InputError(f"you have {len(others)} tokens; revoke those that are not in use")


def _joined() -> Select[Any]:
    columns = [column for column in users.c if column.name not in {"name", "role"}]
    named = (users.c.name.label("user_name"), users.c.role.label("user_role"))
    return select(tokens, *columns, *named).join(users, users.c.user_id == tokens.c.user_id)


def _token_of(row: Row[Any]) -> ApiToken:
    user = User(
        user_id=row.user_id,
        name=row.user_name,
        role=Role.of(row.user_role) or Role.VIEWER,
        password_hash=row.password_hash,
        is_disabled=row.disabled,
        face_person_id=row.face_person_id,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )
    return ApiToken(
        token_id=row.token_id,
        user=user,
        name=row.name,
        role=min(user.role, Role.of(row.role) or Role.VIEWER),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
