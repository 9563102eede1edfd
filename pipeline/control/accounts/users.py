"""Users: adding, changing and removing them; there is always an admin left.

Users(control).add(name, role, password_hash, now) -> User
Users(control).list() / find(name) / named(name)
Users(control).set_password / set_role / set_disabled / set_face / remove
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.tables import links, sessions, tokens, users
from pipeline.control.accounts.values import User
from pipeline.control.database import Control, Transaction
from pipeline.errors import InputError, NotFound

LONGEST_NAME = 64
GONE = "this user is not there any more"


class Users:
    """The users of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, name: str, role: Role, password_hash: str | None, now: datetime) -> User:
        """A new user, who signs in by a one-time link when there is no password yet.

        Raises `InputError` for a name that nobody can have, or that somebody has.
        """
        with self._control.writing() as transaction:
            return add_user(transaction, name, role, password_hash, now)

    def list(self) -> list[User]:
        """Everybody, by name."""
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(select(users).order_by(users.c.name_key))
            return [user_of(row) for row in rows]

    def has_any(self) -> bool:
        """Whether there is a user at all."""
        with self._control.reading() as transaction:
            return has_users(transaction)

    def find(self, name: str) -> User | None:
        """The user of that name, however its letters are written; None when there is none."""
        with self._control.reading() as transaction:
            row = transaction.connection.execute(select(users).where(users.c.name_key == name_key(name)))
            found = row.one_or_none()
            return user_of(found) if found else None

    def named(self, name: str) -> User:
        """The user of that name; raises `NotFound`."""
        user = self.find(name)
        if user is None:
            raise NotFound(f"there is no user {name!r}")
        return user

    def with_id(self, user_id: str) -> User:
        """The user of that id; raises `NotFound`."""
        with self._control.reading() as transaction:
            row = transaction.connection.execute(select(users).where(users.c.user_id == user_id)).one_or_none()
        if row is None:
            raise NotFound(GONE)
        return user_of(row)

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Another password: every session and every open link of the user ends."""
        with self._control.writing() as transaction:
            set_password(transaction, user_id, password_hash)

    def note_sign_in(self, user_id: str, now: datetime) -> None:
        """Keep when a password was last right."""
        self._change(user_id, signed_in_at=now)

    def set_role(self, user_id: str, role: Role) -> None:
        """Another role; every session of the user ends. Raises `InputError` for the last admin."""
        with self._control.writing() as transaction:
            if role is not Role.ADMIN:
                _check_other_admin(transaction, user_id)
            _update(transaction, user_id, role=role.word)
            _end_sessions(transaction, user_id)

    def set_disabled(self, user_id: str, *, is_disabled: bool) -> None:
        """Shut a user out, or let the user in again. Raises `InputError` for the last admin."""
        with self._control.writing() as transaction:
            if is_disabled:
                _check_other_admin(transaction, user_id)
                _end_sessions(transaction, user_id)
            _update(transaction, user_id, disabled=is_disabled)

    def set_face(self, user_id: str, person_id: str | None) -> None:
        """Ask for the face of a person after the password, or for nothing more."""
        self._change(user_id, face_person_id=person_id)

    def remove(self, user_id: str) -> None:
        """Forget a user with all sessions, tokens and links. Raises `InputError` for the last admin."""
        with self._control.writing() as transaction:
            _check_other_admin(transaction, user_id)
            for table in (sessions, tokens, links, users):
                transaction.connection.execute(delete(table).where(table.c.user_id == user_id))

    def _change(self, user_id: str, **values: Any) -> None:
        with self._control.writing() as transaction:
            _update(transaction, user_id, **values)


def name_key(name: str) -> str:
    """A name as it is compared: the same for all ways to write its letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def name_fault(name: str) -> str | None:
    """What is wrong with a user's name, as "must not ..."; None when nothing is."""
    if not name or name != name.strip():
        return "must not be empty, nor begin or end with a space"
    if not name.isprintable():
        return "must be printable, without line breaks and control characters"
    if "/" in name:
        return "must not have a / in it, which stands before the name of a token"
    return f"must have at most {LONGEST_NAME} characters" if len(name) > LONGEST_NAME else None


def add_user(transaction: Transaction, name: str, role: Role, password_hash: str | None, now: datetime) -> User:
    """As `Users.add`, in a transaction of the caller's."""
    fault = name_fault(name)
    if fault is not None:
        raise InputError(f"a user's name {fault}")
    if role is not Role.ADMIN and not has_users(transaction):
        raise InputError("the first user has to be an admin, who adds the others")
    taken = select(users.c.user_id).where(users.c.name_key == name_key(name))
    if transaction.connection.execute(taken).one_or_none() is not None:
        raise InputError(f"there is a user {name} already")
    user = User(
        user_id=f"u_{token_hex(8)}",
        name=name,
        role=role,
        password_hash=password_hash,
        is_disabled=False,
        face_person_id=None,
        created_at=now,
        signed_in_at=None,
    )
    transaction.connection.execute(insert(users).values(_row(user)))
    return user


def has_users(transaction: Transaction) -> bool:
    """Whether there is a user at all."""
    return transaction.connection.execute(select(users.c.user_id).limit(1)).one_or_none() is not None


def set_password(transaction: Transaction, user_id: str, password_hash: str) -> None:
    """As `Users.set_password`, in a transaction of the caller's."""
    _update(transaction, user_id, password_hash=password_hash)
    _end_sessions(transaction, user_id)
    transaction.connection.execute(delete(links).where(links.c.user_id == user_id))


def user_of(row: Row[Any]) -> User:
    """The user of a row that has the columns of `users`."""
    return User(
        user_id=row.user_id,
        name=row.name,
        role=Role.of(row.role) or Role.VIEWER,
        password_hash=row.password_hash,
        is_disabled=row.disabled,
        face_person_id=row.face_person_id,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def _row(user: User) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "name": user.name,
        "name_key": name_key(user.name),
        "role": user.role.word,
        "password_hash": user.password_hash,
        "disabled": user.is_disabled,
        "face_person_id": user.face_person_id,
        "created_at": user.created_at,
        "signed_in_at": user.signed_in_at,
    }


def _update(transaction: Transaction, user_id: str, **values: Any) -> None:
    changed = transaction.connection.execute(update(users).where(users.c.user_id == user_id).values(**values))
    if changed.rowcount == 0:
        raise NotFound(GONE)


def _check_other_admin(transaction: Transaction, user_id: str) -> None:
    """Raise `InputError` unless an admin who can sign in is left without this user."""
    can_sign_in = users.c.disabled.is_(False) & users.c.password_hash.is_not(None)
    others = select(func.count()).where(users.c.role == Role.ADMIN.word, users.c.user_id != user_id, can_sign_in)
    was = select(users.c.role).where(users.c.user_id == user_id)
    is_admin = transaction.connection.execute(was).scalar_one_or_none() == Role.ADMIN.word
    if is_admin and transaction.connection.execute(others).scalar_one() == 0:
        raise InputError("this is the last admin; make somebody else an admin first")


def _end_sessions(transaction: Transaction, user_id: str) -> None:
    transaction.connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
