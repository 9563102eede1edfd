"""How many requests that go on for long one visitor may have at the same time: streams to watch, and uploads.

Each takes a connection and a place in this process until it ends. They are counted by session and by token, where every
request passes: whatever ends one, its place is free again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from dashboards.web.access import Visitor
from dashboards.web.security.incoming.limits import is_streamed
from dashboards.web.security.places import path_of

STREAMS = frozenset({"/live/events", "/live/pictures", "/api/v1/events/stream"})
"""The paths of routes whose answers go on until somebody leaves."""
UPLOADING = frozenset({"POST", "PATCH"})


@dataclass(frozen=True, slots=True)
class LongKind:
    """A kind of requests that go on for long."""

    name: str
    most: int
    """At the same time, of one session or token."""
    words: str
    """The refusal of more."""


WATCHING = LongKind(
    "watching", 16, "you watch 16 streams already, as many as one sign-in or token may: close some of those pages first"
)
"""A page of live cameras takes two, and a browser opens six at a time."""
SENDING = LongKind("sending", 8, "8 uploads come in from you already: wait until one of them is finished")


class LongRequests:
    """The long requests of one application; for the tasks of one loop."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, str]] = Counter()

    def refusal(self, request: Request, visitor: Visitor | None) -> str | None:
        """Why the visitor may not have this request beside the others; None when they may."""
        kind = kind_of(request)
        if kind is None or visitor is None or self._open[kind.name, visitor.key] < kind.most:
            return None
        return kind.words

    @contextmanager
    def counted(self, request: Request, visitor: Visitor | None) -> Iterator[None]:
        """Count the request, if it is a long one, while the block lasts."""
        kind = kind_of(request)
        if kind is None or visitor is None:
            yield
            return
        place = (kind.name, visitor.key)
        self._open[place] += 1
        try:
            yield
        finally:
            self._open[place] -= 1
            if not self._open[place]:
                del self._open[place]


def kind_of(request: Request) -> LongKind | None:
    """What kind of long request it is; None for one that is soon over."""
    path = path_of(request)
    if path in STREAMS:
        return WATCHING
    return SENDING if is_streamed(path) and request.method in UPLOADING else None
