"""Who is asking, and what they may: roles, the visitor of a request, and how pages ask for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from dashboards.web.failures import Forbidden, NotSignedIn
from pipeline.control.accounts.roles import Role

__all__ = ["AdminVisitor", "AnalystVisitor", "AnyVisitor", "Role", "Visitor", "needs", "visitor_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever sends a request: a person who signed in, or a program with a token."""

    name: str
    """The name to sign in with; of a token, its own name after the user's, such as `ada/turnstile`."""
    role: Role
    csrf_token: str = ""
    """What each change has to send along in the header X-CSRF-Token; empty for programs, which send no cookies."""

    @property
    def key(self) -> str:
        """What tells this session, or this token, from all others."""
        return self.csrf_token or self.name

    @property
    def is_program(self) -> bool:
        """Whether this is a token, rather than a person with a browser."""
        return not self.csrf_token


def visitor_of(request: Request) -> Visitor:
    """Whoever sent the request; raises `NotSignedIn` for nobody."""
    visitor = getattr(request.state, "visitor", None)
    if not isinstance(visitor, Visitor):
        raise NotSignedIn("sign in first")
    return visitor


def needs(role: Role) -> Callable[[Request], Visitor]:
    """A dependency that gives the visitor, and raises `Forbidden` for one with too small a role."""

    def check(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if visitor.role < role:
            raise Forbidden(f"this needs the role {role.word}; {visitor.name} is {visitor.role.word}")
        return visitor

    return check


AnyVisitor = Annotated[Visitor, Depends(needs(Role.VIEWER))]
AnalystVisitor = Annotated[Visitor, Depends(needs(Role.ANALYST))]
AdminVisitor = Annotated[Visitor, Depends(needs(Role.ADMIN))]
