"""Taking events in: from the log on the server into the queue, whatever is lost on the way told again by others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo

from pipeline.control.live.deliveries import LOG_BEGIN, Batch, Deliveries
from pipeline.errors import MessageError
from pipeline.events.delivery import intake
from pipeline.events.delivery.notices import Notice
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.watch.watching import WatchRule
from workers.delivery.courier import utc_now
from workers.stages.stepping import step_until
from workers.wire.event_log import EVENTS, EventLog, LogEntry, place_of

logger = logging.getLogger(__name__)

BATCH = 64
WAIT_S = 0.5
"""Longest wait for an event, and so for the end after SIGTERM."""
TIDY_S = 300.0
"""Between two looks at what is old, in seconds."""


class Taking:
    """The one reader that turns events into deliveries; its place in the log is kept with what it made of them."""

    def __init__(
        self,
        log: EventLog,
        queue: Deliveries,
        rules: Iterable[WatchRule],
        zone: tzinfo,
        route: Callable[[Notice], Sequence[str]],
        call: Callable[[], None],
    ) -> None:
        """`route` gives the targets of a notice, `call` tells the couriers that there is something."""
        self._log = log
        self._queue = queue
        self._rules = tuple(rules)
        self._zone = zone
        self._route = route
        self._call = call
        self._cursor = queue.cursor()
        self._tidied_at = -TIDY_S

    def run(self, stop: threading.Event) -> None:
        """Take in until `stop` is set; a lost server is waited for."""
        step_until(stop, "delivery", lambda: self.step(WAIT_S))

    def step(self, wait_s: float) -> int:
        """Take in what has come; how many events were new. Raises `TransportLost`."""
        self._tidy()
        entries = self._log.read(EVENTS, self._cursor, BATCH, wait_s)
        if not entries:
            self._check_place()
            return 0
        batch = Batch([event for entry in entries for event in _read(entry)], entries[-1].entry_id)
        n_new = self._queue.take_in(batch, self._step, self._route, utc_now())
        self._cursor = batch.cursor
        self._call()
        return n_new

    def _step(self, state: intake.IntakeState, event: SightingEvent) -> intake.Taken:
        return intake.take(state, event, self._rules, self._zone)

    def _check_place(self) -> None:
        """Begin anew in the log of a new server, whose clock may be behind that of the one before."""
        if place_of(self._log.last_id(EVENTS)) < place_of(self._cursor):
            self._cursor = LOG_BEGIN

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied_at < TIDY_S:
            return
        self._tidied_at, now = time.monotonic(), utc_now()
        self._queue.tidy(lambda state: intake.tidy(state, now), self._route, now)
        self._call()


def _read(entry: LogEntry) -> list[SightingEvent]:
    try:
        return [decode_event(entry.data)]
    except MessageError as error:
        logger.warning("delivery leaves entry %s out: %s", entry.entry_id, error)
        return []
