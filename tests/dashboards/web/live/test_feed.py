"""One reader tells many browsers; who comes back is told what was missed, and who is too slow has to come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec
import pytest

from dashboards.web.live.board import CardFilter, CardState
from dashboards.web.live.feed import MOST_WAITING, Feed
from pipeline.events.events import encode_event
from pipeline.sightings.rows import Status
from tests.builders_events import make_event
from tests.dashboards.web.live.test_board import make_alert
from workers.wire.event_log import ALERTS, EVENTS, MemoryEventLog

PATIENCE_S = 10.0
ALL = CardFilter()


@pytest.fixture
def log() -> MemoryEventLog:
    """A log in which one sighting was told of before."""
    made = MemoryEventLog()
    made.append(EVENTS, encode_event(make_event(thumb_jpeg=b"face")))
    return made


@pytest.fixture
def feed(log: MemoryEventLog) -> Iterator[Feed]:
    made = Feed(lambda: log)
    made.start()
    yield made
    stop(made, log)


def stop(feed: Feed, log: MemoryEventLog) -> None:
    """Stop without waiting for the tails to look again."""
    feed._stop.set()
    for name in (EVENTS, ALERTS):
        log.append(name, b"the end")
    feed.stop()


class Bell(threading.Event):
    """Rings when there is news."""

    def ring(self) -> None:
        self.set()

    def await_ring(self) -> None:
        assert self.wait(PATIENCE_S), "no news came"
        self.clear()


def test_feed_begins_with_what_was_told_before(feed: Feed) -> None:
    cards, place = feed.cards(ALL, 10)

    assert [card.sighting_id for card in cards] == ["s_1"]
    assert place
    assert feed.face("s_1") == b"face"


def test_listener_is_woken_by_what_it_wants_and_told_what_it_does_not(feed: Feed, log: MemoryEventLog) -> None:
    bell = Bell()
    with feed.listening(feed.cards(ALL, 1)[1], bell.ring) as listener:
        bell.await_ring()
        assert feed.news(listener, ALL).cards == ()

        log.append(EVENTS, encode_event(make_event(sighting_id="s_2", status=Status.KNOWN, person_name="Ada")))
        bell.await_ring()
        news = feed.news(listener, CardFilter(state=CardState.UNKNOWN))

    assert (news.cards, news.gone) == ((), ("s_2",))


def test_who_comes_back_is_told_what_was_missed(feed: Feed, log: MemoryEventLog) -> None:
    place, bell = feed.cards(ALL, 1)[1], Bell()
    with feed.listening("", bell.ring):
        bell.await_ring()
        log.append(EVENTS, encode_event(make_event(sighting_id="s_2")))
        bell.await_ring()

    with feed.listening(place, bell.ring) as listener:
        news = feed.news(listener, ALL)

    assert [card.sighting_id for card in news.cards] == ["s_2"]
    assert news.place == feed.cards(ALL, 1)[1]


def test_alerts_that_are_on_are_told_at_once_and_when_they_change(feed: Feed, log: MemoryEventLog) -> None:
    bell = Bell()
    with feed.listening("", bell.ring) as listener:
        bell.await_ring()
        assert feed.news(listener, ALL).alerts == ()

        log.append(ALERTS, msgspec.json.encode(make_alert()))
        bell.await_ring()
        news = feed.news(listener, ALL)

    assert [alert.watch for alert in news.alerts or ()] == ["vip"]
    assert [card.watches for card in news.cards] == [("vip",)]


def test_browser_that_takes_nothing_is_told_nothing_more(feed: Feed, log: MemoryEventLog) -> None:
    bell = Bell()
    with feed.listening("", bell.ring) as listener:
        for number in range(MOST_WAITING + 1):
            log.append(EVENTS, encode_event(make_event(sighting_id=f"s_{number}")))
        while not listener.is_behind:
            bell.await_ring()

    assert listener.is_behind


def test_what_cannot_be_read_is_passed_over(feed: Feed, log: MemoryEventLog) -> None:
    bell = Bell()
    with feed.listening("", bell.ring) as listener:
        bell.await_ring()
        log.append(EVENTS, b"no event")
        log.append(ALERTS, b"no alert")
        log.append(EVENTS, encode_event(make_event(sighting_id="s_2")))
        while "s_2" not in [card.sighting_id for card in feed.news(listener, ALL).cards]:
            bell.await_ring()

    assert len(feed.cards(ALL, 10)[0]) == 2
