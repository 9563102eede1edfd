"""Users: an admin adds and changes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.web.access import AdminVisitor, Visitor
from dashboards.web.accounts import changing
from dashboards.web.rendering import render, site_of
from dashboards.web.security.addresses import link_address
from dashboards.web.security.entering.passwords import hash_password, password_fault
from pipeline.control.accounts.links import OneTimeLinks
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.errors import InputError

router = APIRouter()


@router.get("/users")
def users_page(request: Request, _visitor: AdminVisitor) -> Response:
    """Everybody who may sign in."""
    return render(request, "accounts/users.html", _values(request))


@router.post("/users")
def add_user(
    request: Request,
    visitor: AdminVisitor,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = Role.VIEWER.word,
    password: Annotated[str, Form()] = "",
) -> Response:
    """A new user; without a password one with a one-time link, which is shown this once."""
    site = site_of(request)
    fault = password_fault(password, name) if password else None
    if fault:
        raise InputError(f"the password {fault}")
    hashed = hash_password(password) if password else None
    user = changing.add_user(site, name.strip(), _role(role), hashed, who=visitor.name)
    link = "" if password else _link(request, user.user_id)
    return _list(request, f"{user.name} is added.", made_for=user, link=link)


@router.post("/users/{user_id}/role")
def change_role(request: Request, visitor: AdminVisitor, user_id: str, role: Annotated[str, Form()] = "") -> Response:
    """Another role; the user has to sign in again."""
    user = changing.set_role(site_of(request), user_id, _role(role), who=visitor.name)
    return _list(request, f"{user.name} is {role} now.", is_own=user.name == visitor.name)


@router.post("/users/{user_id}/link")
def new_link(request: Request, visitor: AdminVisitor, user_id: str) -> Response:
    """A one-time link to choose a password, shown this once; the old password goes on until it is used."""
    user = _user(request, user_id)
    link = _link(request, user_id)
    changing.note(site_of(request), visitor.name, "make password link", f"user {user.name}")
    return _list(request, "", made_for=user, link=link)


@router.post("/users/{user_id}/disable")
def disable(request: Request, visitor: AdminVisitor, user_id: str) -> Response:
    """Shut a user out: sessions and tokens open nothing any more."""
    return _set_disabled(request, visitor, user_id, is_disabled=True)


@router.post("/users/{user_id}/enable")
def enable(request: Request, visitor: AdminVisitor, user_id: str) -> Response:
    """Let a user in again."""
    return _set_disabled(request, visitor, user_id, is_disabled=False)


@router.post("/users/{user_id}/no-face")
def no_face(request: Request, visitor: AdminVisitor, user_id: str) -> Response:
    """Take the second factor away from somebody who does not get in with it."""
    user = _user(request, user_id)
    Users(site_of(request).control).set_face(user_id, None)
    changing.note(site_of(request), visitor.name, "no face sign-in", f"user {user.name}")
    return _list(request, f"{user.name} signs in by password only.")


@router.delete("/users/{user_id}")
def remove(request: Request, visitor: AdminVisitor, user_id: str) -> Response:
    """Forget a user; what was done stays in the audit log."""
    user = changing.remove_user(site_of(request), user_id, who=visitor.name)
    return _list(request, f"{user.name} is removed.", is_own=user.name == visitor.name)


def _set_disabled(request: Request, visitor: Visitor, user_id: str, *, is_disabled: bool) -> Response:
    user = changing.set_disabled(site_of(request), user_id, is_disabled=is_disabled, who=visitor.name)
    words = f"{user.name} is {'disabled' if is_disabled else 'enabled'}."
    return _list(request, words, is_own=user.name == visitor.name)


def _user(request: Request, user_id: str) -> User:
    return Users(site_of(request).control).with_id(user_id)


def _role(word: str) -> Role:
    role = Role.of(word)
    if role is None:
        raise InputError(f"there is no role {word!r}; there are {', '.join(one.word for one in Role)}")
    return role


def _link(request: Request, user_id: str) -> str:
    """The address of a fresh one-time link of a user."""
    secret = OneTimeLinks(site_of(request).control).for_user(user_id, datetime.now(UTC))
    return link_address(request, secret)


def _list(
    request: Request, words: str, *, made_for: User | None = None, link: str = "", is_own: bool = False
) -> Response:
    """The list as it is now; for a change of the visitor's own account the whole page, as the session may be over."""
    if is_own:
        return Response(headers={"HX-Refresh": "true"})
    return render(
        request, "accounts/user_list.html", {**_values(request), "said": words, "made_for": made_for, "link": link}
    )


def _values(request: Request) -> dict[str, object]:
    users = Users(site_of(request).control).list()
    now = datetime.now(UTC)
    return {"users": users, "roles": list(Role), "now": now, "said": "", "made_for": None, "link": ""}
