"""The queue of event delivery: in order, once, and over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.live.deliveries import LOG_BEGIN, Batch, Deliveries, Due
from pipeline.events.delivery.intake import IntakeState, Taken, take, tidy
from pipeline.events.delivery.notices import Notice, decode_notice
from pipeline.events.events import SightingEvent
from pipeline.events.watch.watching import WatchRule
from tests.builders_delivery import BEGIN, JPEG, make_event
from tests.control_databases import of_sqlite, open_database

STRANGERS = WatchRule(name="strangers", any_unknown=True)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def queue(control: Control) -> Deliveries:
    return Deliveries(control)


def step(state: IntakeState, event: SightingEvent) -> Taken:
    return take(state, event, [STRANGERS], UTC)


def to_office(notice: Notice) -> list[str]:
    return ["office"]


def put(queue: Deliveries, *events: SightingEvent, cursor: str = "5-1") -> int:
    return queue.take_in(Batch(events, cursor), step, to_office, BEGIN)


def work_off(queue: Deliveries, target: str = "office") -> list[str]:
    """The event ids of all that waits, in the order in which they are delivered."""
    ids = []
    while (due := queue.head(target)) is not None:
        ids.append(decode_notice(due.payload).event.event_id)
        queue.finish(due.seq, BEGIN)
    return ids


def head(queue: Deliveries) -> Due:
    due = queue.head("office")
    assert due is not None
    return due


def test_empty_queue_has_nothing(queue: Deliveries) -> None:
    assert queue.head("office") is None
    assert queue.dead() == []
    assert queue.backlog() == []
    assert queue.cursor() == LOG_BEGIN


def test_notices_come_in_the_order_of_events_with_their_alerts(queue: Deliveries) -> None:
    n_new = put(queue, make_event(), make_event("update", 1), make_event("end", 2))

    assert n_new == 3
    assert [event_id.split("_", 2)[2] for event_id in work_off(queue) if not event_id.startswith("a_")] == [
        "new_0",
        "update_1",
        "end_2",
    ]


def test_event_that_comes_twice_is_taken_in_once(queue: Deliveries) -> None:
    put(queue, make_event(), make_event())
    delivered = work_off(queue)

    n_new = put(queue, make_event())

    assert n_new == 0
    assert len(delivered) == 2  # the event and its alert
    assert work_off(queue) == []


def test_place_in_the_log_and_open_alerts_survive_a_restart(queue: Deliveries, tmp_path: Path) -> None:
    put(queue, make_event(), cursor="7-3")
    work_off(queue)
    reopened = open_database(tmp_path)

    again = Deliveries(reopened)
    put(again, make_event("end", 5), cursor="8-0")

    assert again.cursor() == "8-0"
    assert [event_id.rsplit("_", 1)[1] for event_id in work_off(again)] == ["5", "end"]
    reopened.close()


def test_failing_step_leaves_nothing_behind(queue: Deliveries) -> None:
    def fail(state: IntakeState, event: SightingEvent) -> Taken:
        if event.kind == "end":
            raise ZeroDivisionError
        return step(state, event)

    with pytest.raises(ZeroDivisionError):
        queue.take_in(Batch([make_event(), make_event("end", 1)], "9-9"), fail, to_office, BEGIN)

    assert (queue.cursor(), queue.head("office")) == (LOG_BEGIN, None)


def test_targets_have_queues_of_their_own(queue: Deliveries) -> None:
    queue.take_in(Batch([make_event()], "1-1"), step, lambda _: ["office", "mqtt"], BEGIN)

    assert work_off(queue, "office") == work_off(queue, "mqtt")
    assert queue.head("nobody") is None


def test_what_is_tried_again_stays_in_front(queue: Deliveries) -> None:
    put(queue, make_event(), make_event(second=1, sighting="s_2"))
    first = head(queue)

    queue.again(first, failures=1, next_at=BEGIN + timedelta(minutes=1), problem="it answered 500")

    waiting = head(queue)
    assert (waiting.seq, waiting.tries, waiting.failures) == (first.seq, 1, 1)
    assert waiting.next_at == BEGIN + timedelta(minutes=1)


def test_dead_letter_steps_aside_and_comes_back_on_request(queue: Deliveries) -> None:
    put(queue, make_event())
    first = head(queue)

    queue.bury(first, "it answered 410", BEGIN)

    (letter,) = queue.dead()
    assert (letter.target, letter.kind, letter.source_id, letter.problem) == (
        "office",
        "new",
        "door",
        "it answered 410",
    )
    assert head(queue).seq != first.seq
    assert queue.dead("mqtt") == []
    later = BEGIN + timedelta(hours=1)
    assert queue.retry([letter.seq], later) == 1
    assert queue.dead() == []
    assert (head(queue).seq, head(queue).tries, head(queue).queued_at) == (first.seq, 0, later)


def test_only_the_dead_are_retried(queue: Deliveries) -> None:
    put(queue, make_event())
    due = head(queue)
    queue.finish(due.seq, BEGIN)

    assert queue.retry([due.seq, 999], BEGIN) == 0


def test_backlog_counts_what_waits(queue: Deliveries) -> None:
    put(queue, make_event(), make_event(second=1, sighting="s_2"))

    (backlog,) = queue.backlog()

    assert (backlog.target, backlog.n_waiting, backlog.oldest_queued_at) == ("office", 3, BEGIN)


@of_sqlite
def test_picture_goes_with_the_delivery(queue: Deliveries, tmp_path: Path) -> None:
    put(queue, make_event(thumb_jpeg=JPEG * 100))
    before = any(JPEG in path.read_bytes() for path in tmp_path.glob("facetrail.db*"))

    work_off(queue)

    assert before
    with queue._control.reading() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT payload FROM event_deliveries").all()
    assert {payload for (payload,) in rows} == {None}


def test_old_rows_go(queue: Deliveries) -> None:
    put(queue, make_event())
    queue.bury(head(queue), "gone", BEGIN)
    work_off(queue)

    queue.tidy(lambda state: tidy(state, BEGIN), to_office, BEGIN + timedelta(days=31))

    assert queue.dead() == []
    assert put(queue, make_event()) == 1  # nobody remembers it after so long


def test_database_of_before_gets_the_tables(tmp_path: Path) -> None:
    old = open_database(tmp_path)
    with old.writing() as transaction:
        for table in ("event_deliveries", "event_intake", "event_intake_taken"):
            transaction.connection.exec_driver_sql(f"DROP TABLE {table}")
    old.close()

    opened = open_database(tmp_path)

    assert Deliveries(opened).head("office") is None
    opened.close()
