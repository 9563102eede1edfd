"""Ending answers and uploads that go on for long when their visitor is shut out meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Send

from dashboards.web.failures import NotSignedIn

LOOK_AGAIN_S = 5.0
"""How often it is looked whether an answer under way may go on, in seconds."""


class VisitorLeft(OSError):
    """The visitor of an answer under way is shut out; an OSError, as servers raise when a browser goes away."""


class LeavingVisitor:
    """A request under way, which ends when its visitor may not send it, or have its answer, any longer."""

    def __init__(self, receive: Receive, send: Send, is_still_known: Callable[[], bool], look_again_s: float) -> None:
        self._receive = receive
        self._send = send
        self._is_still_known = is_still_known
        self._look_again_s = look_again_s
        self._looked_s = time.monotonic()
        self._is_over = False

    async def receive(self) -> Message:
        """A part of the body; raises `NotSignedIn` in place of one that the visitor may not send."""
        message = await self._receive()
        if message.get("more_body", False) and not await self._may_go_on():
            raise NotSignedIn("you were signed out while this was sent")
        return message

    async def send(self, message: Message) -> None:
        """Send a part; raises `VisitorLeft` in place of a part that the visitor may not have."""
        if message.get("more_body", False) and not await self._may_go_on():
            self._is_over = True
            raise VisitorLeft("the visitor is shut out")
        await self._send(message)

    async def finish(self) -> None:
        """Close an answer that was cut off; one whose browser went away needs nothing more."""
        if self._is_over:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _may_go_on(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._looked_s <= self._look_again_s:
            return True
        self._looked_s = now_s
        return await run_in_threadpool(self._is_still_known)
