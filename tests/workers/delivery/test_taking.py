"""Taking events in from the log: once, in order, over restarts and lost servers."""

from __future__ import annotations

from datetime import UTC

import pytest

from pipeline.control.database import Control
from pipeline.control.live.deliveries import Deliveries
from pipeline.events.delivery.notices import decode_notice
from pipeline.events.events import SightingEvent, encode_event
from pipeline.events.watch.watching import WatchRule
from tests.builders_delivery import BEGIN, make_event
from workers.delivery.taking import Taking
from workers.wire.event_log import EVENTS, EventLog, MemoryEventLog

STRANGERS = WatchRule(name="strangers", any_unknown=True)


@pytest.fixture
def queue(control: Control) -> Deliveries:
    return Deliveries(control)


def make_taking(log: EventLog, queue: Deliveries, *rules: WatchRule) -> Taking:
    return Taking(log, queue, rules, UTC, lambda _: ["office"], lambda: None)


def tell(log: EventLog, *events: SightingEvent) -> None:
    for event in events:
        log.append(EVENTS, encode_event(event))


def work_off(queue: Deliveries) -> list[str]:
    ids = []
    while (due := queue.head("office")) is not None:
        ids.append(decode_notice(due.payload).event.event_id)
        queue.finish(due.seq, BEGIN)
    return ids


def test_empty_log_gives_nothing(queue: Deliveries) -> None:
    assert make_taking(MemoryEventLog(), queue).step(0) == 0
    assert queue.head("office") is None


def test_events_are_queued_with_their_alerts(queue: Deliveries) -> None:
    log = MemoryEventLog()
    tell(log, make_event(), make_event("end", 1))

    make_taking(log, queue, STRANGERS).step(0)

    new, start, end, over = work_off(queue)
    assert (new, end) == ("s_1_new_0", "s_1_end_1")
    assert (start[-5:], over[-3:]) == ("start", "end")


def test_next_process_goes_on_where_the_last_one_stopped(queue: Deliveries) -> None:
    log = MemoryEventLog()
    tell(log, make_event())
    make_taking(log, queue, STRANGERS).step(0)
    tell(log, make_event("end", 1))

    n_new = make_taking(log, queue, STRANGERS).step(0)

    assert n_new == 1
    assert len(work_off(queue)) == 4


def test_event_that_is_told_again_is_not_queued_again(queue: Deliveries) -> None:
    log = MemoryEventLog()
    tell(log, make_event(), make_event(), make_event("end", 1), make_event())

    n_new = make_taking(log, queue).step(0)

    assert n_new == 2
    assert work_off(queue) == ["s_1_new_0", "s_1_end_1"]


def test_log_of_a_new_server_is_read_from_its_beginning(queue: Deliveries) -> None:
    old, new = MemoryEventLog(), MemoryEventLog()
    tell(old, make_event(), make_event("update", 1), make_event("end", 2))
    make_taking(old, queue).step(0)
    tell(new, make_event("end", 2), make_event(second=3, sighting="s_2"))
    taking = make_taking(new, queue)

    taken = [taking.step(0), taking.step(0)]

    assert taken == [0, 1]
    assert work_off(queue)[-1] == "s_2_new_3"


def test_entry_that_is_no_event_is_left_out(queue: Deliveries) -> None:
    log = MemoryEventLog()
    log.append(EVENTS, b"nonsense")
    tell(log, make_event())

    assert make_taking(log, queue).step(0) == 1
