"""Events that somebody follows come once each, in order, and only those that are wanted."""

from __future__ import annotations

from itertools import islice

import pytest

from dashboards.cli.events.following import EventFilter, following, newest
from pipeline.errors import TransportLost
from pipeline.events.events import encode_event
from tests.builders_events import make_event
from workers.wire.event_log import EVENTS, EventLog, LogEntry, MemoryEventLog


def make_log(*names: str, camera: str = "door") -> EventLog:
    log = MemoryEventLog()
    tell(log, *names, camera=camera)
    return log


def tell(log: EventLog, *names: str, camera: str = "door") -> None:
    for name in names:
        log.append(EVENTS, encode_event(make_event(event_id=name, source_id=camera, person_id=f"p_{camera}")))


def test_empty_log_has_nothing_to_begin_with() -> None:
    assert newest(make_log(), EventFilter(), 20).events == []


def test_the_last_ones_come_in_order_and_repeats_once() -> None:
    before = newest(make_log("e_1", "e_2", "e_2", "e_3"), EventFilter(), 2)

    assert [event.event_id for event in before.events] == ["e_2", "e_3"]


def test_only_the_wanted_camera_and_person_are_shown() -> None:
    log = make_log("e_1")
    tell(log, "e_2", camera="yard")

    at_camera = newest(log, EventFilter(frozenset({"yard"})), 20).events
    of_person = newest(log, EventFilter(person_id="p_door"), 20).events

    assert [event.event_id for event in (*at_camera, *of_person)] == ["e_2", "e_1"]


def test_following_goes_on_without_what_was_seen() -> None:
    log = make_log("e_1", "e_2")
    before = newest(log, EventFilter(), 0)
    tell(log, "e_2", "e_3", "e_3", "e_4")

    followed = list(islice(following(log, EventFilter(), before, lambda error: pytest.fail(str(error))), 2))

    assert before.events == []
    assert [event.event_id for event in followed] == ["e_3", "e_4"]


class LossyLog(MemoryEventLog):
    """A log whose server is away at the first look."""

    n_lost = 0

    def read(self, log: str, after: str, count: int, wait_s: float) -> list[LogEntry]:
        if not self.n_lost:
            self.n_lost += 1
            raise TransportLost("the server is away")
        return super().read(log, after, count, wait_s)


def test_following_outlives_the_loss_of_the_server() -> None:
    log, losses = LossyLog(), list[TransportLost]()
    before = newest(log, EventFilter(), 20)
    tell(log, "e_1")

    followed = next(following(log, EventFilter(), before, losses.append))

    assert (followed.event_id, len(losses)) == ("e_1", 1)
