"""Visitors by the sessions and tokens of the control database."""

from __future__ import annotations

from starlette.requests import Request

from dashboards.web.access import Visitor
from pipeline.control.database import Control


class AccountDoorkeeper:
    """Knows those who signed in, and the programs that were given a token."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def visitor(self, request: Request) -> Visitor | None:
        """Whoever sent the request; None for somebody unknown."""
        return None
