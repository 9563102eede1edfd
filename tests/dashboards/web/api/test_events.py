"""Programs that follow events are told each sighting as it is, and from where to go on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sse_starlette import ServerSentEvent

from dashboards.web.api.sources.events import told
from dashboards.web.live.board import CardFilter
from dashboards.web.live.feed import Feed
from dashboards.web.live.streaming import stream_news
from pipeline.events.events import encode_event
from pipeline.sightings.rows import Status
from tests.builders_events import make_event
from tests.dashboards.web.waiting import finished
from workers.wire.event_log import EVENTS, MemoryEventLog


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


@pytest.fixture
def feed(log: MemoryEventLog) -> Iterator[Feed]:
    made = Feed(lambda: log)
    made.start()
    yield made
    made.stop()


async def until_place(feed: Feed, log: MemoryEventLog) -> list[ServerSentEvent]:
    """What is told from the beginning of a stream on, up to the place after the first sighting."""
    events = []
    async for event in told(stream_news(feed, "", CardFilter())):
        events.append(event)
        if event.event == "alerts":
            log.append(EVENTS, encode_event(make_event(status=Status.KNOWN, person_name="Ada")))
        if event.event == "place":
            return events
    return events


@pytest.mark.slow
def test_sighting_is_told_with_the_place_after_it(feed: Feed, log: MemoryEventLog) -> None:
    events = finished(until_place(feed, log))

    assert [event.event for event in events] == ["alerts", "sighting", "place"]
    assert json.loads(events[1].data)["name"] == "Ada"
    assert events[2].id == events[2].data != ""
