"""One's own account: password, sessions, and the face as a second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.web.access import AnyVisitor, Visitor
from dashboards.web.accounts.browsers import browser_words
from dashboards.web.failures import Forbidden, TooOften
from dashboards.web.rendering import render, site_of
from dashboards.web.security.entering.cookies import drop_session, session_secret
from dashboards.web.security.entering.passwords import hash_password, password_fault
from dashboards.web.security.entering.signing import Outcome, begin_session, try_to_sign_in
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.secrets import digest
from pipeline.control.accounts.sessions import Sessions
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import Session, User
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.errors import InputError

router = APIRouter()

DONE = {
    "password": "Your password is changed. Other browsers were signed out.",
    "face": "Signing in asks for your face from now on.",
    "no-face": "Signing in asks for your password only.",
}
"""What the page says after a change that loads it anew."""
ID_DIGITS = 20
"""Hexadecimal digits of a session's digest that name it on the page."""


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session as its user sees it."""

    session: Session
    short_id: str
    browser: str
    is_this: bool


@router.get("/account")
def account_page(request: Request, visitor: AnyVisitor, done: str = "") -> Response:
    """Everything about the visitor's own account."""
    site, user = site_of(request), own_user(request, visitor)
    values = {
        "user": user,
        "shown_sessions": _sessions(request, user),
        "tokens": ApiTokens(site.control).of_user(user.user_id),
        "roles": [role for role in Role if role <= user.role],
        "now": datetime.now(UTC),
        "done": DONE.get(done, ""),
        "fresh": "",
        "people": People(site.control).list_people() if site.settings.web.face_sign_in else [],
        "face_sign_in": site.settings.web.face_sign_in,
    }
    return render(request, "accounts/account.html", values)


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: AnyVisitor,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password: all sessions end, and this browser gets a new one."""
    user = own_user(request, visitor)
    if password != again:
        raise InputError("the two new passwords are not the same")
    fault = password_fault(password, user.name)
    if fault:
        raise InputError(f"the new password {fault}")
    check_password(request, user, current)
    Users(site_of(request).control).set_password(user.user_id, hash_password(password))
    AuditLog(site_of(request).control).append("change password", "", who=user.name)
    response = Response(headers={"HX-Redirect": "/account?done=password"})
    begin_session(request, response, user, is_sign_in=False)
    return response


@router.post("/account/face")
def choose_face(
    request: Request,
    visitor: AnyVisitor,
    current: Annotated[str, Form()] = "",
    person_id: Annotated[str, Form()] = "",
) -> Response:
    """A person whose face is asked for after the password; or none."""
    site, user = site_of(request), own_user(request, visitor)
    if not site.settings.web.face_sign_in:
        raise Forbidden("an admin has to allow it first: web.face_sign_in of the settings")
    check_password(request, user, current)
    person = People(site.control).person(person_id) if person_id else None
    Users(site.control).set_face(user.user_id, person.person_id if person else None)
    about = person.person_id if person else ""
    AuditLog(site.control).append("face sign-in" if person else "no face sign-in", about, who=user.name)
    return Response(headers={"HX-Redirect": f"/account?done={'face' if person else 'no-face'}"})


@router.delete("/account/sessions/{short_id}")
def end_session(request: Request, visitor: AnyVisitor, short_id: str) -> Response:
    """Sign one browser out."""
    user = own_user(request, visitor)
    for shown in _sessions(request, user):
        if shown.short_id == short_id:
            Sessions(site_of(request).control).end(shown.session.token_sha256)
    AuditLog(site_of(request).control).append("sign out", "", who=user.name, detail="another browser")
    return render(request, "accounts/sessions.html", {"shown_sessions": _sessions(request, user)})


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, visitor: AnyVisitor) -> Response:
    """Sign all browsers out, this one too."""
    user = own_user(request, visitor)
    Sessions(site_of(request).control).end_all(user.user_id)
    AuditLog(site_of(request).control).append("sign out", "", who=user.name, detail="everywhere")
    response = Response(headers={"HX-Redirect": "/sign-in"})
    drop_session(response, request)
    return response


def own_user(request: Request, visitor: Visitor) -> User:
    """The visitor as a user; raises `Forbidden` for a program, which has no account of its own."""
    if visitor.is_program:
        raise Forbidden("a token has no account; its user signs in for that")
    return Users(site_of(request).control).named(visitor.name)


def check_password(request: Request, user: User, password: str) -> None:
    """Raise `InputError` unless this is the user's password, and `TooOften` after too many wrong ones."""
    tried = try_to_sign_in(request, user.name, password)
    if tried.outcome is Outcome.TOO_OFTEN:
        raise TooOften(f"too many tries; wait {tried.wait_s} s")
    if tried.user is None:
        raise InputError("your current password is another one")


def _sessions(request: Request, user: User) -> list[ShownSession]:
    this = digest(session_secret(request) or "")
    found = Sessions(site_of(request).control).of_user(user.user_id, datetime.now(UTC))
    return [
        ShownSession(one, one.token_sha256[:ID_DIGITS], browser_words(one.browser), one.token_sha256 == this)
        for one in found
    ]
