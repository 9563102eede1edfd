"""One-time links: to make the first user, or to choose a password.

OneTimeLinks(control).for_set_up(now) -> secret | None         None once there is a user
OneTimeLinks(control).for_user(user_id, now) -> secret         an earlier link of the user ends
OneTimeLinks(control).find(secret, now) -> Link | None
OneTimeLinks(control).make_first(secret, name, password_hash, now) -> User
OneTimeLinks(control).choose_password(secret, password_hash, now) -> User
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.secrets import digest, fresh_secret
from pipeline.control.accounts.tables import links, users
from pipeline.control.accounts.users import add_user, has_users, set_password, user_of
from pipeline.control.accounts.values import User
from pipeline.control.database import Control, Transaction
from pipeline.errors import NotFound

SET_UP_LASTS = timedelta(hours=24)
PASSWORD_LASTS = timedelta(days=3)
GONE = "this link was used, or is too old; `facetrail users link` makes a new one"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for."""

    user: User | None
    """Who chooses a password; None for the very first user, who is made."""


class OneTimeLinks:
    """The one-time links of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def for_set_up(self, now: datetime) -> str | None:
        """The secret of a new link to make the first user, in place of all earlier ones; None once there is a user."""
        with self._control.writing() as transaction:
            if has_users(transaction):
                return None
            transaction.connection.execute(delete(links).where(links.c.user_id.is_(None)))
            return _add(transaction, None, now + SET_UP_LASTS)

    def for_user(self, user_id: str, now: datetime) -> str:
        """The secret of a new link to choose a user's password; until then the old password goes on."""
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(links).where(links.c.user_id == user_id))
            return _add(transaction, user_id, now + PASSWORD_LASTS)

    def find(self, secret: str, now: datetime) -> Link | None:
        """What the secret's link is for; None when it was used, ran out or never was."""
        with self._control.reading() as transaction:
            return _find(transaction, secret, now)

    def make_first(self, secret: str, name: str, password_hash: str, now: datetime) -> User:
        """The first user, an admin, by the link to do so, which ends. Raises `NotFound` for any other link."""
        with self._control.writing() as transaction:
            link = _find(transaction, secret, now)
            if link is None or link.user is not None:
                raise NotFound(GONE)
            user = add_user(transaction, name, Role.ADMIN, password_hash, now)
            transaction.connection.execute(delete(links).where(links.c.user_id.is_(None)))
            return user

    def choose_password(self, secret: str, password_hash: str, now: datetime) -> User:
        """The user of the link, with this password from now on; the link ends. Raises `NotFound` for any other link."""
        with self._control.writing() as transaction:
            link = _find(transaction, secret, now)
            if link is None or link.user is None:
                raise NotFound(GONE)
            set_password(transaction, link.user.user_id, password_hash)
            return link.user


def _add(transaction: Transaction, user_id: str | None, expires_at: datetime) -> str:
    secret = fresh_secret()
    row = {"token_sha256": digest(secret), "user_id": user_id, "expires_at": expires_at}
    transaction.connection.execute(insert(links).values(row))
    return secret


def _find(transaction: Transaction, secret: str, now: datetime) -> Link | None:
    query = select(links).where(links.c.token_sha256 == digest(secret), links.c.expires_at > now)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.user_id is None:
        return None if has_users(transaction) else Link(None)
    query = select(users).where(users.c.user_id == row.user_id, users.c.disabled.is_(False))
    user = transaction.connection.execute(query).one_or_none()
    return Link(user_of(user)) if user else None
