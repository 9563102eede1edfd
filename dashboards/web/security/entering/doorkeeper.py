"""Visitors by the sessions and tokens of the control database."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request

from dashboards.web.access import Visitor
from dashboards.web.security.entering.cookies import csrf_token, session_secret
from pipeline.control.accounts.secrets import TOKEN_PREFIX
from pipeline.control.accounts.sessions import Sessions
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.values import Session
from pipeline.control.database import Control

BEARER = "bearer "


class AccountDoorkeeper:
    """Knows those who signed in, and the programs that were given a token.

    Each request is looked up anew: whoever is shut out, or has another role now, is so with the next one.
    """

    def __init__(self, control: Control) -> None:
        self._sessions = Sessions(control)
        self._tokens = ApiTokens(control)

    def visitor(self, request: Request) -> Visitor | None:
        """Whoever sent the request; None for somebody unknown, and while a second factor is still to come.

        A request that brings a token is a program's, whatever cookies it has.
        """
        authorization = request.headers.get("authorization", "")
        if authorization[: len(BEARER)].lower() == BEARER:
            return self._program(authorization[len(BEARER) :].strip())
        secret = session_secret(request)
        session = self._sessions.find(secret, datetime.now(UTC)) if secret else None
        if secret is None or session is None or session.is_half:
            return None
        return _person(session, secret)

    def _program(self, text: str) -> Visitor | None:
        token = self._tokens.find(text, datetime.now(UTC)) if text.startswith(TOKEN_PREFIX) else None
        return Visitor(name=f"{token.user.name}/{token.name}", role=token.role) if token else None


def _person(session: Session, secret: str) -> Visitor:
    return Visitor(name=session.user.name, role=session.user.role, csrf_token=csrf_token(secret))
