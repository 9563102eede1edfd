"""What the pages and the API change of users; each change stands in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog

if TYPE_CHECKING:
    from dashboards.web.site import Site


def add_user(site: Site, name: str, role: Role, password_hash: str | None, *, who: str) -> User:
    """A new user, without a password one who needs a one-time link; raises as `Users.add`."""
    user = Users(site.control).add(name, role, password_hash, datetime.now(UTC))
    note(site, who, "add user", f"user {user.name}, {user.role.word}")
    return user


def set_role(site: Site, user_id: str, role: Role, *, who: str) -> User:
    """Another role; the user has to sign in again. Raises `NotFound`, and `InputError` for the last admin."""
    user = Users(site.control).with_id(user_id)
    Users(site.control).set_role(user_id, role)
    note(site, who, "change role", f"user {user.name}, {user.role.word} to {role.word}")
    return user


def set_disabled(site: Site, user_id: str, *, is_disabled: bool, who: str) -> User:
    """Shut a user out, or let a user in again; raises as `set_role`."""
    user = Users(site.control).with_id(user_id)
    Users(site.control).set_disabled(user_id, is_disabled=is_disabled)
    note(site, who, "disable user" if is_disabled else "enable user", f"user {user.name}")
    return user


def remove_user(site: Site, user_id: str, *, who: str) -> User:
    """Forget a user; what was done stays in the audit log. Raises as `set_role`."""
    user = Users(site.control).with_id(user_id)
    Users(site.control).remove(user_id)
    note(site, who, "remove user", f"user {user.name}, {user.role.word}")
    return user


def note(site: Site, who: str, action: str, detail: str) -> None:
    """Let something stand in the audit log that is about no person."""
    AuditLog(site.control).append(action, "", who=who, detail=detail)
