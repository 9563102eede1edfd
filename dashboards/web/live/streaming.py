"""Streams to browsers: sightings as server-sent events, pictures with the faces in them as they come.

A stream ends after some minutes, and the browser comes again: so somebody who was signed out sees nothing more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from sse_starlette import ServerSentEvent

from dashboards.web.live.board import CardFilter
from dashboards.web.live.feed import Feed, News
from dashboards.web.live.shots import STILL_HERE, shot_bytes
from dashboards.web.live.views import Drawing
from dashboards.web.live.wall import Wall

MOST_S = 600.0
"""A stream ends after so long, in seconds."""
BEAT_S = 5.0
"""Longest silence in a stream, in seconds: a browser that left is noticed by it."""


class Bell:
    """Wakes a coroutine from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits; nobody waits any more in a loop that has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring; False when there was none in time."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return False
        self._rung.clear()
        return True


async def stream_pictures(wall: Wall, cameras: list[str], width: int) -> AsyncIterator[bytes]:
    """What the cameras show, one shot after the other; of a browser that is slow, each camera's newest."""
    bell, until_s = Bell(), time.monotonic() + MOST_S
    with wall.looking(cameras, width, bell.ring) as glance:
        while time.monotonic() < until_s:
            if not await bell.wait(BEAT_S):
                yield STILL_HERE
            for shot in glance.take():
                yield shot_bytes(shot)


async def stream_sightings(
    feed: Feed, after: str, wanted: CardFilter, drawing: Drawing
) -> AsyncIterator[ServerSentEvent]:
    """What is told after the place `after`: `card` and `gone`, and `alerts`; ends for a browser that is too slow."""
    async for news in stream_news(feed, after, wanted):
        for event in _events(news, drawing):
            yield event


async def stream_news(feed: Feed, after: str, wanted: CardFilter) -> AsyncIterator[News]:
    """What is told after the place `after`; ends after some minutes, and for whoever is too slow."""
    bell, until_s = Bell(), time.monotonic() + MOST_S
    with feed.listening(after, bell.ring) as listener:
        while time.monotonic() < until_s and not listener.is_behind:
            if await bell.wait(BEAT_S):
                yield feed.news(listener, wanted)


def _events(news: News, drawing: Drawing) -> Iterator[ServerSentEvent]:
    for card in news.cards:
        yield ServerSentEvent(drawing.card(card), event="card")
    for sighting_id in news.gone:
        yield ServerSentEvent(sighting_id, event="gone")
    if news.alerts is not None:
        yield ServerSentEvent(drawing.alerts(news.alerts), event="alerts")
    if news.place:  # last, so that whoever is cut off in between is told everything again
        yield ServerSentEvent("", event="place", id=news.place)
