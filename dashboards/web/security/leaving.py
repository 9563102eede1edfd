"""Ending answers that go on for long when their visitor is shut out meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Send

LOOK_AGAIN_S = 5.0
"""How often it is looked whether an answer under way may go on, in seconds."""


class VisitorLeft(OSError):
    """The visitor of an answer under way is shut out; an OSError, as servers raise when a browser goes away."""


class LeavingVisitor:
    """An answer under way, which ends when its visitor may not have it any longer."""

    def __init__(self, send: Send, is_still_known: Callable[[], bool], look_again_s: float) -> None:
        self._send = send
        self._is_still_known = is_still_known
        self._look_again_s = look_again_s
        self._looked_s = time.monotonic()
        self._is_over = False

    async def send(self, message: Message) -> None:
        """Send a part; raises `VisitorLeft` in place of a part that the visitor may not have."""
        now_s = time.monotonic()
        if message.get("more_body", False) and now_s - self._looked_s > self._look_again_s:
            self._looked_s = now_s
            if not await run_in_threadpool(self._is_still_known):
                self._is_over = True
                raise VisitorLeft("the visitor is shut out")
        await self._send(message)

    async def finish(self) -> None:
        """Close an answer that was cut off; one whose browser went away needs nothing more."""
        if self._is_over:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
