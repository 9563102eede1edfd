"""Signing in and out, and whether the process is alive."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from dashboards.web.rendering import render, site_of
from dashboards.web.security.entering.cookies import drop_session, session_secret
from dashboards.web.security.entering.origins import check_own_form
from dashboards.web.security.entering.signing import Outcome, Tried, begin_session, next_page, try_to_sign_in
from pipeline.control.accounts.secrets import digest
from pipeline.control.accounts.sessions import Sessions
from pipeline.control.accounts.users import Users
from pipeline.control.audit import AuditLog

router = APIRouter()

FACE_PAGE = "/sign-in/face"
WRONG = "The name or the password is wrong."


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """That the pages answer, and nothing else."""
    return PlainTextResponse("ok\n")


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002 # its name in addresses
    """The form; whoever is signed in goes on."""
    if request.state.visitor is not None:
        return RedirectResponse(next_page(next), HTTPStatus.SEE_OTHER)
    return _form(request, next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 # its name in addresses
) -> Response:
    """A session for the right password; for a wrong one the form again, which does not say what was wrong."""
    check_own_form(request)
    tried = try_to_sign_in(request, name, password)
    if tried.user is None:
        return _form_again(request, name, next, tried)
    is_half = tried.outcome is Outcome.FACE_NEXT
    page = f"{FACE_PAGE}?{urlencode({'next': next_page(next)})}" if is_half else next_page(next)
    response = RedirectResponse(page, HTTPStatus.SEE_OTHER)
    begin_session(request, response, tried.user, is_half=is_half)
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this browser's session; a plain form, which works before any script has come."""
    check_own_form(request)
    secret, visitor = session_secret(request), request.state.visitor
    if secret:
        Sessions(site_of(request).control).end(digest(secret))
    if visitor is not None:  # else the session had ended by itself
        AuditLog(site_of(request).control).append("sign out", "", who=visitor.name)
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    drop_session(response, request)
    return response


def _form_again(request: Request, name: str, target: str, tried: Tried) -> Response:
    if tried.outcome is not Outcome.TOO_OFTEN:
        return _form(request, target, name=name, problem=WRONG, status=HTTPStatus.UNAUTHORIZED)
    problem = f"Too many tries. Wait {tried.wait_s} s and try again."
    response = _form(request, target, name=name, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(tried.wait_s)
    return response


def _form(request: Request, target: str, *, name: str = "", problem: str = "", status: int = 200) -> Response:
    has_users = Users(site_of(request).control).has_any()
    values = {"next": next_page(target), "name": name, "problem": problem, "has_users": has_users}
    return render(request, "accounts/sign_in.html", values, status=status)
