"""What this process has at hand for live pages: one feed and one wall, which begin with the first who looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from dashboards.web.live.feed import Feed
from dashboards.web.live.wall import Wall
from dashboards.web.site import Site
from workers.event_streams import RedisEventLog
from workers.live.view_streams import RedisViews

STATE = "live"


@dataclass(frozen=True, slots=True, eq=False)
class Feeds:
    """The feed and the wall of one site."""

    feed: Feed
    wall: Wall

    def stop(self) -> None:
        """End their threads."""
        self.wall.stop()
        self.feed.stop()


@asynccontextmanager
async def live_feeds(app: FastAPI) -> AsyncIterator[Mapping[str, Feeds]]:
    """The feeds of the application, as long as it runs; nothing is read before somebody asks."""
    site: Site = app.state.site
    url = site.redis_url
    feeds = Feeds(Feed(lambda: RedisEventLog(url)), Wall(lambda: RedisViews(url)))
    try:
        yield {STATE: feeds}
    finally:
        await run_in_threadpool(feeds.stop)


def feeds_of(request: Request) -> Feeds:
    """The feeds of the application that a request is for."""
    feeds: Feeds = getattr(request.state, STATE)
    return feeds
