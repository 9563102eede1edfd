"""Half signed in: the password was right, and the face is still to come.

For the page `/sign-in/face`, which the gate lets everybody open, as `/sign-in`:

    half = half_signed_in(request)               raises `NotSignedIn`, which leads to /sign-in, for anybody else
    half.user.face_person_id                     whose face it has to be
    half.csrf_token                              what its page sends in X-CSRF-Token with each change
    check_half_change(request, half)             raises `Forbidden` without it
    count_face_try(request, half)                raises `TooOften` when there were too many; counts one otherwise
    whole_session(request, half, response)       the face was right: the half session ends, a whole one begins

    note_wrong_face(request, half)               it was another's

A half session lasts five minutes, and opens nothing else. `next_page(request.query_params.get("next"))` of `signing`
says where to go then. Failures and successes are written to the audit log here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from dashboards.web.failures import Forbidden, NotSignedIn, TooOften
from dashboards.web.rendering import site_of
from dashboards.web.security.entering.cookies import csrf_token, put_session, session_secret
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.security.places import place_of
from pipeline.control.accounts.sessions import Sessions
from pipeline.control.accounts.tries import Tries, TryLimit
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog

HALF_LASTS = timedelta(minutes=5)
FACE_LIMIT = TryLimit(n_free=6, longest_wait_s=900)
"""Of one user: a face that is not known after six looks is another's, or the light is bad."""


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """Somebody whose password was right."""

    user: User
    csrf_token: str
    token_sha256: str


def half_signed_in(request: Request) -> HalfSignedIn:
    """Whoever is half signed in; raises `NotSignedIn` for everybody else."""
    secret = session_secret(request)
    session = Sessions(site_of(request).control).find(secret, datetime.now(UTC)) if secret else None
    if secret is None or session is None or not session.is_half:
        raise NotSignedIn("sign in with your password first")
    return HalfSignedIn(session.user, csrf_token(secret), session.token_sha256)


def check_half_change(request: Request, half: HalfSignedIn) -> None:
    """Raise `Forbidden` unless the request carries the token of the half session's page."""
    if not secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), half.csrf_token.encode()):
        raise Forbidden("this page is too old, or another site sent you; load it again")


def count_face_try(request: Request, half: HalfSignedIn) -> None:
    """Count one look at a face; raises `TooOften`, with the time to wait, when there were too many."""
    site = site_of(request)
    wait_s = Tries(site.control).begin({_key(half): FACE_LIMIT}, datetime.now(UTC))
    if wait_s > 0:
        AuditLog(site.control).append("sign in refused", "", who=half.user.name, detail="face: too many tries")
        raise TooOften(f"too many tries; wait {wait_s:.0f} s")


def note_wrong_face(request: Request, half: HalfSignedIn) -> None:
    """Keep that the face was not the user's."""
    AuditLog(site_of(request).control).append("sign in refused", "", who=half.user.name, detail="another face")


def whole_session(request: Request, half: HalfSignedIn, response: Response) -> None:
    """Sign in for good: the half session ends, and the browser gets a new one with `response`."""
    site, now = site_of(request), datetime.now(UTC)
    sessions = Sessions(site.control)
    sessions.end(half.token_sha256)
    Tries(site.control).succeeded(_key(half), "")
    lasts = timedelta(hours=site.settings.web.session_hours)
    put_session(response, request, sessions.begin(half.user.user_id, place_of(request), now, lasts))
    Users(site.control).note_sign_in(half.user.user_id, now)
    AuditLog(site.control).append("sign in", "", who=half.user.name, detail="password and face")


def _key(half: HalfSignedIn) -> str:
    return f"face:{half.user.user_id}"
