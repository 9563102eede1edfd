"""Tokens of one's own programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.web.access import AnyVisitor
from dashboards.web.accounts.own import own_user
from dashboards.web.rendering import render, site_of
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.values import User
from pipeline.control.audit import AuditLog
from pipeline.errors import InputError

router = APIRouter()

LONGEST_DAYS = 3660


@router.post("/account/tokens")
def make_token(
    request: Request,
    visitor: AnyVisitor,
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = Role.VIEWER.word,
    days: Annotated[int, Form(ge=0, le=LONGEST_DAYS)] = 90,
) -> Response:
    """A new token, shown this once; 0 days never end."""
    user, now = own_user(request, visitor), datetime.now(UTC)
    chosen = Role.of(role)
    if chosen is None:
        raise InputError(f"there is no role {role!r}; there are {', '.join(one.word for one in Role)}")
    expires_at = now + timedelta(days=days) if days else None
    token = ApiTokens(site_of(request).control).make(user, name.strip(), chosen, now, expires_at)
    AuditLog(site_of(request).control).append("make token", "", who=user.name, detail=f"{name.strip()}, {chosen.word}")
    return _tokens(request, user, fresh=token)


@router.delete("/account/tokens/{token_id}")
def revoke_token(request: Request, visitor: AnyVisitor, token_id: int) -> Response:
    """A token opens nothing any more."""
    user = own_user(request, visitor)
    ApiTokens(site_of(request).control).revoke(user.user_id, token_id)
    AuditLog(site_of(request).control).append("revoke token", "", who=user.name, detail=f"number {token_id}")
    return _tokens(request, user)


def _tokens(request: Request, user: User, *, fresh: str = "") -> Response:
    tokens = ApiTokens(site_of(request).control).of_user(user.user_id)
    return render(request, "accounts/tokens.html", {"tokens": tokens, "fresh": fresh, "now": datetime.now(UTC)})
