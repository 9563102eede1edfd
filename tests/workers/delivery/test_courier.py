"""Couriers: order, patience, dead letters, stepping through time by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.control.database import Control
from pipeline.control.live.deliveries import Batch, Deliveries
from pipeline.events.delivery.intake import take
from pipeline.events.delivery.notices import Notice
from pipeline.events.delivery.policy import Answer, DeliveryPolicy, Outcome
from pipeline.events.events import SightingEvent
from tests.builders_delivery import BEGIN, make_event
from tests.builders_metrics import HeardMetrics
from workers.delivery.courier import LOOK_S, Courier

POLICY = DeliveryPolicy(attempts=3, give_up_after_s=3600, first_wait_s=1, most_wait_s=8)


@dataclass
class FakeTarget:
    """Answers as told, and takes the rest."""

    answers: Iterator[Answer] = field(default_factory=lambda: iter(()))
    heard: list[str] = field(default_factory=list)
    name: str = "office"

    def deliver(self, notice: Notice) -> Outcome:
        self.heard.append(notice.event.event_id)
        return Outcome(next(self.answers, Answer.TAKEN), "as told")

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def queue(control: Control) -> Deliveries:
    return Deliveries(control)


def put(queue: Deliveries, events: Sequence[SightingEvent]) -> None:
    batch = Batch(events, "1-1")
    queue.take_in(batch, lambda state, event: take(state, event, (), UTC), lambda _: ["office"], BEGIN)


def run(courier: Courier, clock: Clock, within_s: float) -> None:
    """Let the courier work for so long, without waiting for real."""
    until = clock.now + timedelta(seconds=within_s)
    while clock.now < until:
        clock.now += timedelta(seconds=courier.step())


def make_courier(target: FakeTarget, queue: Deliveries, clock: Clock) -> Courier:
    return Courier(target, queue, POLICY, rng=random.Random(1), now=clock)


def test_nothing_to_bring_is_looked_at_again_soon(queue: Deliveries) -> None:
    target = FakeTarget()

    assert make_courier(target, queue, Clock()).step() == LOOK_S
    assert target.heard == []


def test_failed_event_is_brought_again_before_the_next(queue: Deliveries) -> None:
    target, clock = FakeTarget(iter([Answer.FAILED, Answer.UNREACHABLE])), Clock()
    put(queue, [make_event(), make_event("end", 1)])

    run(make_courier(target, queue, clock), clock, within_s=10)

    assert target.heard == ["s_1_new_0", "s_1_new_0", "s_1_new_0", "s_1_end_1"]


def test_event_that_fails_too_often_goes_to_the_dead_letters(queue: Deliveries) -> None:
    target, clock = FakeTarget(iter([Answer.FAILED] * 3)), Clock()
    put(queue, [make_event(), make_event("end", 1)])

    run(make_courier(target, queue, clock), clock, within_s=20)

    assert [(letter.event_id, letter.tries) for letter in queue.dead()] == [("s_1_new_0", 3)]
    assert target.heard[-1] == "s_1_end_1"


def test_attempts_are_counted_by_how_they_ended(queue: Deliveries) -> None:
    target, clock, heard = FakeTarget(iter([Answer.FAILED])), Clock(), HeardMetrics()
    put(queue, [make_event(), make_event("end", 1)])

    run(Courier(target, queue, POLICY, rng=random.Random(1), now=clock, metrics=heard), clock, within_s=10)

    name = f"facetrail_deliveries_total {target.name}"
    assert +heard.counts == {f"{name} again": 1, f"{name} delivered": 2}


def test_fates_are_told_from_nought_so_that_the_first_dead_letter_is_an_increase(queue: Deliveries) -> None:
    target, heard = FakeTarget(), HeardMetrics()

    Courier(target, queue, POLICY, metrics=heard)

    assert ("facetrail_deliveries_total office dead", 0) in heard.counts.items()


def test_target_out_of_reach_is_waited_for(queue: Deliveries) -> None:
    target, clock = FakeTarget(iter([Answer.UNREACHABLE] * 50)), Clock()
    put(queue, [make_event(), make_event("end", 1)])

    run(make_courier(target, queue, clock), clock, within_s=1000)

    assert queue.dead() == []
    assert target.heard[-2:] == ["s_1_new_0", "s_1_end_1"]


@pytest.mark.slow
def test_event_that_is_too_old_is_given_up(queue: Deliveries) -> None:
    target, clock = FakeTarget(iter([Answer.UNREACHABLE] * 10_000)), Clock()
    put(queue, [make_event()])

    run(make_courier(target, queue, clock), clock, within_s=3700)

    assert [letter.problem for letter in queue.dead()] == ["as told"]


def test_refused_event_is_not_brought_again_until_somebody_asks(queue: Deliveries) -> None:
    target, clock = FakeTarget(iter([Answer.REFUSED])), Clock()
    put(queue, [make_event()])
    courier = make_courier(target, queue, clock)
    run(courier, clock, within_s=60)
    before = list(target.heard)

    queue.retry([letter.seq for letter in queue.dead()], clock.now)
    run(courier, clock, within_s=60)

    assert before == ["s_1_new_0"]
    assert target.heard == ["s_1_new_0"] * 2
    assert queue.dead() == []


def test_row_that_cannot_be_read_blocks_nothing(queue: Deliveries) -> None:
    target, clock = FakeTarget(), Clock()
    put(queue, [make_event(), make_event("end", 1)])
    with queue._control.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE event_deliveries SET payload = x'c1' WHERE kind = 'new'")

    run(make_courier(target, queue, clock), clock, within_s=10)

    assert target.heard == ["s_1_end_1"]
    assert "no notice" in queue.dead()[0].problem
