"""Sessions of browsers: begun by a right password, ended by time, by hand, or with what they rest on.

Sessions(control).begin(user_id, place, now, lasts, is_half=False) -> the secret for the cookie
Sessions(control).find(secret, now) -> Session | None
Sessions(control).of_user(user_id, now) / end(token_sha256) / end_all(user_id)
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pipeline.control.accounts.secrets import digest, fresh_secret
from pipeline.control.accounts.tables import sessions, users
from pipeline.control.accounts.users import user_of
from pipeline.control.accounts.values import Session
from pipeline.control.database import Control
from pipeline.errors import StoreFull

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a session or a token was last used: not every picture of a page costs a write."""
LONGEST_BROWSER = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session began."""

    address: str
    browser: str


class Sessions:
    """The sessions of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def begin(self, user_id: str, place: Place, now: datetime, lasts: timedelta, *, is_half: bool = False) -> str:
        """A new session; returns the secret that opens it, which is kept nowhere."""
        secret = fresh_secret()
        row = {
            "token_sha256": digest(secret),
            "user_id": user_id,
            "is_half": is_half,
            "began_at": now,
            "expires_at": now + lasts,
            "seen_at": now,
            "address": place.address,
            "browser": place.browser[:LONGEST_BROWSER],
        }
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            transaction.connection.execute(insert(sessions).values(row))
        return secret

    def find(self, secret: str, now: datetime) -> Session | None:
        """The session that the secret opens; None when there is none (any more), or its user is shut out."""
        with self._control.reading() as transaction:
            row = transaction.connection.execute(_open(now).where(sessions.c.token_sha256 == digest(secret)))
            found = row.one_or_none()
        if found is None:
            return None
        if now - found.seen_at > SEEN_EVERY:
            self._note_use(found.token_sha256, now)
        return _session_of(found)

    def of_user(self, user_id: str, now: datetime) -> list[Session]:
        """A user's sessions, the one used last first; those half begun are none yet."""
        query = _open(now).where(sessions.c.user_id == user_id, sessions.c.is_half.is_(False))
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.order_by(sessions.c.seen_at.desc()))
            return [_session_of(row) for row in rows]

    def end(self, token_sha256: str) -> None:
        """End one session; one that is not there is over already."""
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(sessions).where(sessions.c.token_sha256 == token_sha256))

    def end_all(self, user_id: str) -> None:
        """End all sessions of a user."""
        with self._control.writing() as transaction:
            transaction.connection.execute(delete(sessions).where(sessions.c.user_id == user_id))

    def _note_use(self, token_sha256: str, now: datetime) -> None:
        with suppress(StoreFull), self._control.writing() as transaction:  # a full disk shuts nobody out
            used = update(sessions).where(sessions.c.token_sha256 == token_sha256).values(seen_at=now)
            transaction.connection.execute(used)


def _open(now: datetime) -> Any:
    query = select(sessions, users).join(users, users.c.user_id == sessions.c.user_id)
    return query.where(sessions.c.expires_at > now, users.c.disabled.is_(False))


def _session_of(row: Row[Any]) -> Session:
    return Session(
        token_sha256=row.token_sha256,
        user=user_of(row),
        is_half=row.is_half,
        began_at=row.began_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        address=row.address,
        browser=row.browser,
    )
