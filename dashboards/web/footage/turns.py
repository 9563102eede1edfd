"""Who may write to an upload: one at a time, and the one who comes last.

A connection that broke may look alive to us for minutes, while its sender has come back on another one. So whoever
comes asks whoever is there to leave, and waits until they have; what those have brought stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    n_people: int = 0
    """Those who are there or wait."""


class Turns:
    """Turns by key; for the tasks of one loop."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def taken(self, key: str) -> AsyncIterator[asyncio.Event]:
        """Be the only one at `key`; the event is set when somebody else wants to be, and the block should end then."""
        place = self._places.setdefault(key, _Place())
        place.n_people += 1
        place.is_wanted.set()
        try:
            async with place.lock:
                if place.n_people == 1:
                    place.is_wanted.clear()
                yield place.is_wanted
        finally:
            place.n_people -= 1
            if not place.n_people:
                del self._places[key]


async def until_wanted(parts: AsyncIterator[bytes], is_wanted: asyncio.Event) -> AsyncGenerator[bytes, None]:
    """The parts as they come, until the place is wanted; raises what `parts` raises."""
    wanted = asyncio.ensure_future(is_wanted.wait())
    try:
        while not is_wanted.is_set():
            coming = asyncio.ensure_future(anext(parts, None))
            try:
                await asyncio.wait({coming, wanted}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not coming.done():
                    coming.cancel()
            part = coming.result() if coming.done() else None
            if part is None:
                return
            yield part
    finally:
        wanted.cancel()
