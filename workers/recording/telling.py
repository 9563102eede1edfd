"""Events on their way out: from the control database, where they became true, into the log that others read.

An event is written to the log after the commit that made it true, and taken out of the outbox after that. A crash in
between has it written again, under the same id; readers drop repeats.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pipeline.control.database import Control
from pipeline.control.live.outbox import Outbox, OutboxEntry
from pipeline.control.work.run_records import RunRecord
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.telling import LiveTelling, Tellings
from pipeline.sightings.recording.recorded_fold import SILENT, Telling
from pipeline.sightings.rows import SourceKind
from workers.live.viewing import Scenes
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.timing import Every
from workers.wire.event_log import EVENTS, EventLog

logger = logging.getLogger(__name__)

TEND_S = 2.0
"""Between two looks for what nobody else would tell, in seconds."""


class Teller(Protocol):
    """Tells others of live runs, for the aggregator that owns their sources."""

    def telling(self, record: RunRecord) -> Telling:
        """What the run's fold has to keep up."""

    def publish(self, source_id: str) -> None:
        """Tell what became true of the source; raises `TransportLost`, and then it stays to be told."""

    def tend(self) -> None:
        """Tell what nobody else would tell: of runs that were stopped, and of sources without an owner."""


class NobodyTold:
    """A `Teller` without listeners."""

    def telling(self, record: RunRecord) -> Telling:
        """Nothing."""
        return SILENT

    def publish(self, source_id: str) -> None:
        """Nothing."""

    def tend(self) -> None:
        """Nothing."""


class LogTeller:
    """A `Teller` that writes to the log of events."""

    def __init__(
        self,
        control: Control,
        log: EventLog,
        patience_s: float,
        metrics: Metrics = UNCOUNTED,
        scenes: Scenes | None = None,
    ) -> None:
        """What waits for longer than `patience_s` is told by anybody, since its owner is gone.

        `scenes` is where those who look at a camera are shown whose faces are in view.
        """
        self._outbox = Outbox(control)
        self._tellings = Tellings(control)
        self._log = log
        self._patience = timedelta(seconds=patience_s)
        self._metrics = metrics
        self._scenes = scenes
        self._cameras: set[str] = set()
        self._tend = Every(TEND_S)

    def telling(self, record: RunRecord) -> Telling:
        if record.source_kind is SourceKind.LIVE:
            self._cameras.add(record.run.source_id)
        told = self._tellings.of(record)
        return self._scenes.viewed(told) if self._scenes and isinstance(told, LiveTelling) else told

    def publish(self, source_id: str) -> None:
        if source_id not in self._cameras:
            return
        if self._scenes:
            self._scenes.publish(source_id)
        while entries := self._outbox.pending([source_id]):
            self._tell(entries)

    def tend(self) -> None:
        if not self._tend.is_due():
            return
        n_stopped = self._tellings.give_up()
        if n_stopped:
            logger.info("the sightings of %s stopped runs have ended", n_stopped)
        made_before = datetime.now(UTC) - (timedelta(0) if n_stopped else self._patience)
        while entries := self._outbox.pending(made_before=made_before):
            self._tell(entries)

    def _tell(self, entries: list[OutboxEntry]) -> None:
        for entry in entries:
            self._log.append(EVENTS, entry.event)
            self._count(decode_event(entry.event))
        self._outbox.remove(entries)
        logger.debug("%s events told", len(entries))

    def _count(self, event: SightingEvent) -> None:
        self._metrics.add(of.EVENTS, camera=event.source_id, kind=event.kind.value)
        self._metrics.observe(of.EVENT_SECONDS, max(0.0, (datetime.now(UTC) - event.captured_at).total_seconds()))
