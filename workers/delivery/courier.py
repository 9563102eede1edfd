"""A courier: brings one target its events, one after the other, and knows when to try again and when to give up."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pipeline.control.live.deliveries import Deliveries, Due
from pipeline.errors import MessageError
from pipeline.events.delivery.notices import decode_notice
from pipeline.events.delivery.policy import Answer, DeliveryPolicy, Fate, Outcome
from workers.delivery.target import Target
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""Between two looks at the queue without being called: for dead letters that somebody wants tried again, in seconds."""


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class Courier:
    """Serves one target in one thread, so that a slow or dead one keeps no other waiting."""

    def __init__(
        self,
        target: Target,
        queue: Deliveries,
        policy: DeliveryPolicy,
        *,
        rng: random.Random | None = None,
        now: Callable[[], datetime] = utc_now,
        metrics: Metrics = UNCOUNTED,
    ) -> None:
        self._target = target
        self._queue = queue
        self._policy = policy
        self._rng = rng or random.Random()
        self._now = now
        self._metrics = metrics
        self._called = threading.Event()
        for fate in Fate:  # the first one is an increase only of what was told before
            metrics.add(of.DELIVERIES, 0, target=target.name, outcome=fate.value)

    def call(self) -> None:
        """Say that there may be something to bring; from any thread."""
        self._called.set()

    def run(self, stop: threading.Event) -> None:
        """Bring what there is until `stop` is set; call after setting it to be quick."""
        try:
            while not stop.is_set():
                wait_s = self.step()
                if wait_s > 0:
                    self._called.wait(min(wait_s, LOOK_S))
                    self._called.clear()
        finally:
            self._target.close()

    def step(self) -> float:
        """Try once what is due; seconds until there can be something to do again."""
        due = self._queue.head(self._target.name)
        if due is None:
            return LOOK_S
        wait_s = (due.next_at - self._now()).total_seconds()
        if wait_s > 0:
            return wait_s
        self._settle(due, self._attempt(due))
        return 0.0

    def _attempt(self, due: Due) -> Outcome:
        try:
            notice = decode_notice(due.payload)
        except MessageError as error:
            return Outcome(Answer.REFUSED, str(error))
        return self._target.deliver(notice)

    def _settle(self, due: Due, outcome: Outcome) -> None:
        now = self._now()
        failures = due.failures + (outcome.answer is Answer.FAILED)
        fate = self._policy.fate(outcome, failures, (now - due.queued_at).total_seconds())
        self._metrics.add(of.DELIVERIES, target=self._target.name, outcome=fate.value)
        if fate is Fate.DELIVERED:
            self._queue.finish(due.seq, now)
        elif fate is Fate.DEAD:
            logger.error("%s: event %s goes to the dead letters: %s", self._target.name, due.seq, outcome.problem)
            self._queue.bury(due, outcome.problem, now)
        else:
            wait_s = self._policy.wait_s(outcome, due.tries + 1, self._rng)
            logger.warning("%s: tried again in %.1f s: %s", self._target.name, wait_s, outcome.problem)
            next_at = now + timedelta(seconds=wait_s)
            self._queue.again(due, failures=failures, next_at=next_at, problem=outcome.problem)
