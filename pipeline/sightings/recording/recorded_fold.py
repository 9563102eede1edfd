"""A run being folded and recorded by the owner of its source: chunks go in, in order; the record moves on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from pipeline.control.database import Lease, Transaction
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.options import AnalysisOptions
from pipeline.schemas import ChunkFailed, FaceChunk, RunEnded
from pipeline.sightings.folding.fold import (
    CoverageCount,
    FoldState,
    FoldStep,
    decode_state,
    encode_state,
    end_fold,
    fold_chunk,
    start_fold,
)
from pipeline.sightings.recording.recorder import Advance, Recorder
from pipeline.sightings.rows import ClosedTrack, SourceKind

logger = logging.getLogger(__name__)

Foldable = FaceChunk | ChunkFailed | RunEnded


class Telling(Protocol):
    """What is told of a run while it goes on; every value stands for one moment, and never changes."""

    def folded(self, item: Foldable, step: FoldStep) -> Telling:
        """The telling after one more item of the fold, and what that led to."""

    def write(self, transaction: Transaction) -> None:
        """Store what there is to tell, in the transaction that stores the fold."""

    def committed(self) -> Telling:
        """The telling after that transaction."""


class _Silent:
    """The telling of a run of which nothing is told."""

    def folded(self, item: Foldable, step: FoldStep) -> Telling:  # the protocol's
        return self

    def write(self, transaction: Transaction) -> None:
        """Store nothing."""

    def committed(self) -> Telling:
        return self


SILENT: Telling = _Silent()


class RecordedFold:
    """Goes on from the run's last commit; whatever is given to `record` is in the record when that returns."""

    def __init__(
        self, record: RunRecord, lease: Lease, recorder: Recorder, runs: Runs, telling: Telling = SILENT
    ) -> None:
        self._record = record
        self._lease = lease
        self._recorder = recorder
        self._runs = runs
        self._options = AnalysisOptions.from_json(record.options_json).tracking
        progress = recorder.load(lease, record.run)
        self._state = decode_state(progress.snapshot) if progress.snapshot else start_fold(record.run)
        self._telling = telling
        self._has_news = False
        self._gap_is_open = record.source_kind is SourceKind.LIVE
        self.next_chunk = progress.next_chunk
        self.is_over = False

    def record(self, items: Sequence[Foldable]) -> None:
        """Fold the items, which must be the run's next ones in order, and commit them together.

        Raises `LeaseLost`, `StoreFull` or `StoreDamaged`; the fold must then be made anew from the record.
        """
        if not items:
            return
        closed: list[ClosedTrack] = []
        minutes: dict[int, CoverageCount] = {}
        state, telling = self._state, self._telling
        for item in items:
            step = self._fold(state, item)
            state, telling = step.state, telling.folded(item, step)
            closed.extend(step.closed)
            minutes.update((count.minute, count) for count in step.coverage)
        self._commit(state, closed, [minutes[minute] for minute in sorted(minutes)], telling)
        if isinstance(items[-1], RunEnded):
            self._finish(items[-1])

    def show(self) -> None:
        """Make the source's sightings anew if tracks were closed since the last time; raises like `record`."""
        self._tell_gap()
        if self._has_news:
            if self._record.source_kind is SourceKind.LIVE:
                self._recorder.show_run(self._lease, self._record.run)
            else:
                self._recorder.refresh_sightings(self._lease, self._record.run.source_id)
            self._has_news = False

    def _tell_gap(self) -> None:
        """Record how long the camera was away before, as soon as that can be told."""
        if self._gap_is_open:
            self._gap_is_open = not self._recorder.tell_gap(self._lease, self._record.run)

    def _fold(self, state: FoldState, item: Foldable) -> FoldStep:
        if isinstance(item, RunEnded):
            return end_fold(state, item)
        if isinstance(item, ChunkFailed):
            logger.warning("%s chunk %s failed in %s: %s", item.run.source_id, item.number, item.stage, item.reason)
            self._runs.add_failed_chunk(item.run, item.number, item.stage, item.reason)
        return fold_chunk(state, item, self._options)

    def _commit(
        self, state: FoldState, closed: Sequence[ClosedTrack], minutes: Sequence[CoverageCount], telling: Telling
    ) -> None:
        advance = Advance(next_chunk=state.next_chunk, snapshot=encode_state(state), closed=closed, coverage=minutes)
        self._recorder.commit(self._lease, self._record, advance, telling.write)
        self._state, self.next_chunk, self._telling = state, state.next_chunk, telling.committed()
        self._has_news |= bool(closed)
        logger.debug("%s recorded up to chunk %s", self._record.run.source_id, self.next_chunk)

    def _finish(self, ended: RunEnded) -> None:
        self._tell_gap()
        n_failed = len(self._runs.failed_chunks(ended.run))
        finished = self._recorder.finish(self._lease, self._record, ended, n_failed)
        self.is_over = True
        logger.info("%s run %s is %s", ended.run.source_id, ended.run.run_id, finished.state)
