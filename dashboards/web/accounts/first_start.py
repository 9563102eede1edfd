"""One-time links: the first start, and choosing a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.web.access import AnyVisitor
from dashboards.web.rendering import render, site_of
from dashboards.web.security.entering.origins import check_own_form
from dashboards.web.security.entering.passwords import hash_password, password_fault
from dashboards.web.security.entering.signing import begin_session
from pipeline.control.accounts.links import Link, OneTimeLinks
from pipeline.control.accounts.users import name_fault
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog
from pipeline.errors import InputError, NotFound

router = APIRouter()

FIRST_PAGE = "/first-steps"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was entered on the page of a link."""

    name: str
    password: str
    again: str


@router.get("/set-up")
def set_up_page(request: Request, token: str = "") -> Response:
    """The form that the link is for; a link that is none any more says what to do."""
    link = OneTimeLinks(site_of(request).control).find(token, datetime.now(UTC))
    return _page(request, link, token)


@router.post("/set-up")
def set_up(
    request: Request,
    token: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """The first user made, or a password chosen; and signed in."""
    check_own_form(request)
    chosen = Chosen(name.strip(), password, again)
    link = OneTimeLinks(site_of(request).control).find(token, datetime.now(UTC))
    problem = _problem(link, chosen)
    if link is None or problem:
        return _page(request, link, token, name=chosen.name, problem=problem)
    try:
        user = _use(request, link, token, chosen)
    except (InputError, NotFound) as error:  # somebody else was quicker
        return _page(request, None, token, problem=str(error))
    response = RedirectResponse(FIRST_PAGE if link.user is None else "/", HTTPStatus.SEE_OTHER)
    if user.face_person_id is not None and site_of(request).settings.web.face_sign_in:
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)  # a link is no second factor
    begin_session(request, response, user)
    return response


@router.get(FIRST_PAGE)
def first_steps(request: Request, _visitor: AnyVisitor) -> Response:
    """What to begin with."""
    return render(request, "accounts/first_steps.html", {})


def _problem(link: Link | None, chosen: Chosen) -> str:
    """What is wrong with what was entered, as a sentence; empty when nothing is."""
    if link is None:
        return ""
    name = link.user.name if link.user else chosen.name
    fault = None if link.user else name_fault(name)
    if fault:
        return f"The name {fault}."
    if chosen.password != chosen.again:
        return "The two passwords are not the same."
    fault = password_fault(chosen.password, name)
    return f"The password {fault}." if fault else ""


def _use(request: Request, link: Link, token: str, chosen: Chosen) -> User:
    control, now = site_of(request).control, datetime.now(UTC)
    password_hash = hash_password(chosen.password)
    if link.user is None:
        user = OneTimeLinks(control).make_first(token, chosen.name, password_hash, now)
        AuditLog(control).append("add user", "", who=user.name, detail=f"user {user.name}, admin, the first one")
        return user
    user = OneTimeLinks(control).choose_password(token, password_hash, now)
    AuditLog(control).append("change password", "", who=user.name, detail="by a one-time link")
    return user


def _page(request: Request, link: Link | None, token: str, *, name: str = "", problem: str = "") -> Response:
    if link is None:
        return render(request, "accounts/link_gone.html", {"problem": problem}, status=HTTPStatus.GONE)
    values = {"owner": link.user, "token": token, "name": name, "problem": problem}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "accounts/set_up.html", values, status=status)
