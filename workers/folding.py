"""One run in the aggregator's hands: its messages put in order, folded, and recorded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.control.database import Lease
from pipeline.control.run_records import RunRecord
from pipeline.control.runs import Runs
from pipeline.errors import MessageError
from pipeline.options import AnalysisOptions
from pipeline.schemas import ChunkFailed, FaceChunk, FrameChunk, RunEnded
from pipeline.sightings.fold import (
    CoverageCount,
    FoldState,
    FoldStep,
    decode_state,
    encode_state,
    end_fold,
    fold_chunk,
    start_fold,
)
from pipeline.sightings.recording import Recorder
from pipeline.sightings.rows import ClosedTrack
from workers.messages import unpack
from workers.wire.transport import Delivery

logger = logging.getLogger(__name__)

STAGE = "aggregator"

Foldable = FaceChunk | ChunkFailed | RunEnded


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What became of messages; those in neither list wait for an earlier one."""

    finished: tuple[Delivery, ...] = ()
    """Their chunks are in the record."""
    copies: tuple[Delivery, ...] = ()
    """Their chunks wait in another message."""


class RunFold:
    """Folds a run's chunks in order, whatever order they come in, and records them for the owner of its source."""

    def __init__(self, record: RunRecord, lease: Lease, recorder: Recorder, runs: Runs) -> None:
        self._record = record
        self._lease = lease
        self._recorder = recorder
        self._runs = runs
        self._options = AnalysisOptions.from_json(record.options_json).tracking
        progress = recorder.load(lease, record.run)
        self._state = decode_state(progress.snapshot) if progress.snapshot else start_fold(record.run)
        self._next = progress.next_chunk
        self._waiting: dict[int, tuple[Delivery, Foldable]] = {}
        self._has_news = False
        self.source_id = record.run.source_id
        self.is_over = False

    def take(self, deliveries: Sequence[Delivery]) -> Taken:
        """Take messages of the run, and record every chunk whose turn has come.

        Raises `LeaseLost`, `StoreFull` or `StoreDamaged`; the fold must then be made anew from the record.
        """
        late = tuple(delivery for delivery in deliveries if delivery.envelope.slot.number < self._next)
        copies = [copy for delivery in deliveries for copy in self._keep(delivery)]
        return Taken((*late, *self._record_ready()), tuple(copies))

    def show(self) -> None:
        """Make the source's sightings anew if tracks were closed since the last time; raises like `take`."""
        if self._has_news:
            self._recorder.refresh_sightings(self._lease, self.source_id)
            self._has_news = False

    def _keep(self, delivery: Delivery) -> list[Delivery]:
        """Let the delivery wait for its turn; returns what another one makes superfluous."""
        number = delivery.envelope.slot.number
        if number < self._next:
            return []
        if number not in self._waiting:
            self._waiting[number] = (delivery, _read(delivery))
            return []
        earlier = self._waiting[number][0]
        return [] if (earlier.stream, earlier.entry_id) == (delivery.stream, delivery.entry_id) else [delivery]

    def _record_ready(self) -> tuple[Delivery, ...]:
        ready = self._pop_ready()
        if ready:
            self._record_items([item for _, item in ready])
        return tuple(delivery for delivery, _ in ready)

    def _pop_ready(self) -> list[tuple[Delivery, Foldable]]:
        """The messages in unbroken order from the next chunk on; nothing follows a run's end."""
        ready: list[tuple[Delivery, Foldable]] = []
        while self._next + len(ready) in self._waiting:
            ready.append(self._waiting.pop(self._next + len(ready)))
        return ready

    def _record_items(self, items: Sequence[Foldable]) -> None:
        closed: list[ClosedTrack] = []
        minutes: dict[int, CoverageCount] = {}
        state = self._state
        for item in items:
            step = self._fold(state, item)
            state = step.state
            closed.extend(step.closed)
            minutes.update((count.minute, count) for count in step.coverage)
        self._commit(state, closed, [minutes[minute] for minute in sorted(minutes)])
        if isinstance(items[-1], RunEnded):
            self._finish(items[-1])

    def _fold(self, state: FoldState, item: Foldable) -> FoldStep:
        if isinstance(item, RunEnded):
            return end_fold(state, item)
        if isinstance(item, ChunkFailed):
            logger.warning("%s chunk %s failed in %s: %s", item.run.source_id, item.number, item.stage, item.reason)
            self._runs.add_failed_chunk(item.run, item.number, item.stage, item.reason)
        return fold_chunk(state, item, self._options)

    def _commit(self, state: FoldState, closed: Sequence[ClosedTrack], minutes: Sequence[CoverageCount]) -> None:
        self._recorder.commit(
            self._lease,
            self._record,
            next_chunk=state.next_chunk,
            snapshot=encode_state(state),
            closed=closed,
            coverage=minutes,
        )
        self._state, self._next = state, state.next_chunk
        self._has_news |= bool(closed)
        logger.debug("%s recorded up to chunk %s", self._record.run.source_id, self._next)

    def _finish(self, ended: RunEnded) -> None:
        n_failed = len(self._runs.failed_chunks(ended.run))
        finished = self._recorder.finish(self._lease, self._record, ended, n_failed)
        self.is_over = True
        logger.info("%s run %s is %s", ended.run.source_id, ended.run.run_id, finished.state)


def _read(delivery: Delivery) -> Foldable:
    """The message's item; a failed chunk stands in for what cannot be understood."""
    slot = delivery.envelope.slot
    try:
        item = unpack(delivery.envelope).item
    except MessageError as error:
        return ChunkFailed(slot.run, slot.number, (), STAGE, str(error))
    if isinstance(item, FrameChunk):
        return ChunkFailed(slot.run, slot.number, item.samples, STAGE, "nobody searched its frames for faces")
    return item
