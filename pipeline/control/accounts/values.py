"""Users, sessions and tokens as they are read from the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.control.accounts.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in."""

    user_id: str
    """Never changes, and is not given again."""
    name: str
    """To sign in with; upper and lower case are the same."""
    role: Role
    password_hash: str | None = field(repr=False)
    """None while the one-time link to choose a password waits to be used."""
    is_disabled: bool
    face_person_id: str | None
    """Whose face is the second factor; None without one."""
    created_at: datetime
    signed_in_at: datetime | None
    """When a password was last right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody signed in; it ends at a fixed time."""

    token_sha256: str = field(repr=False)
    user: User
    is_half: bool
    """Whether the second factor is still to come; such a session opens nothing but the page for that."""
    began_at: datetime
    expires_at: datetime
    seen_at: datetime
    """When it was last used, to within a few minutes."""
    address: str
    browser: str
    """How the browser called itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows instead of signing in; it ends with its user, and may never more than its user may."""

    token_id: int
    user: User
    name: str
    role: Role
    """The smaller one of what it was made for and of its user's role now."""
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was last used, to within a few minutes."""
