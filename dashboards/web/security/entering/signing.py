"""Signing in with name and password: the same answer and the same time whatever was wrong, and few tries."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from fastapi import Request, Response

from dashboards.web.rendering import site_of
from dashboards.web.security.entering.cookies import put_session, session_secret
from dashboards.web.security.entering.half import HALF_LASTS
from dashboards.web.security.entering.passwords import is_password
from dashboards.web.security.places import network_of, place_of
from pipeline.control.accounts.secrets import digest
from pipeline.control.accounts.sessions import Sessions
from pipeline.control.accounts.tries import Tries, TryLimit
from pipeline.control.accounts.users import Users, name_key
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog

NAME_LIMIT = TryLimit(n_free=5, longest_wait_s=60)
"""Against one name, from anywhere. The wait stays short, since others could keep somebody out with it."""
ADDRESS_LIMIT = TryLimit(n_free=15, longest_wait_s=900)
"""From one address, against any name; an office may share one."""
HOME = "/"
REFUSED = "sign in refused"
OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
"""A path on this host: `//host` and what browsers take for it are none."""


class Outcome(StrEnum):
    """What became of a try to sign in."""

    SIGNED_IN = "signed in"
    FACE_NEXT = "face next"
    REFUSED = "refused"
    TOO_OFTEN = "too often"


@dataclass(frozen=True, slots=True)
class Tried:
    """A try to sign in."""

    outcome: Outcome
    user: User | None = None
    """Who it is, when the password was right."""
    wait_s: int = 0
    """When it was too often: how long to wait, in seconds."""


def try_to_sign_in(request: Request, name: str, password: str) -> Tried:
    """Look whether this is a user's password; every try is counted, and written to the audit log."""
    site, now = site_of(request), datetime.now(UTC)
    by_name, by_address = f"name:{name_key(name)}", f"address:{network_of(place_of(request).address)}"
    tries = Tries(site.control)
    wait_s = tries.begin({by_name: NAME_LIMIT, by_address: ADDRESS_LIMIT}, now)
    if wait_s > 0:
        _note_too_often(request, name)
        return Tried(Outcome.TOO_OFTEN, wait_s=math.ceil(wait_s))
    user = Users(site.control).find(name)
    if not is_password(password, user.password_hash if user else None) or user is None or user.is_disabled:
        _note(request, name, "wrong password, or nobody of this name" if user is None else "wrong password or disabled")
        return Tried(Outcome.REFUSED)
    tries.succeeded(by_name, by_address)
    is_half = user.face_person_id is not None and site.settings.web.face_sign_in
    return Tried(Outcome.FACE_NEXT if is_half else Outcome.SIGNED_IN, user)


def begin_session(
    request: Request, response: Response, user: User, *, is_half: bool = False, is_sign_in: bool = True
) -> None:
    """A new session with `response`; the one that the browser had before ends. Only a sign-in is noted as one."""
    site, now = site_of(request), datetime.now(UTC)
    sessions, before = Sessions(site.control), session_secret(request)
    if before:
        sessions.end(digest(before))
    lasts = HALF_LASTS if is_half else timedelta(hours=site.settings.web.session_hours)
    put_session(response, request, sessions.begin(user.user_id, place_of(request), now, lasts, is_half=is_half))
    if is_sign_in and not is_half:
        Users(site.control).note_sign_in(user.user_id, now)
        AuditLog(site.control).append("sign in", "", who=user.name)


def next_page(asked: str | None) -> str:
    """Where to go after signing in: a path of our own, whatever was asked for."""
    return asked if asked and OWN_PATH.fullmatch(asked) and not asked.startswith("/sign-") else HOME


def _note(request: Request, name: str, reason: str) -> None:
    AuditLog(site_of(request).control).append(REFUSED, "", who=_whose(request, name), detail=reason)


def _note_too_often(request: Request, name: str) -> None:
    """Not each time: these tries are not counted, and rows that cannot be removed would fill the disk."""
    log = AuditLog(site_of(request).control)
    log.append_anew(REFUSED, "", who=_whose(request, name), detail="too many tries")


def _whose(request: Request, name: str) -> str:
    """Who stands in the log; a name that nobody has may be a password in the wrong field, and is not kept."""
    user = Users(site_of(request).control).find(name)
    return user.name if user else "nobody known"
