"""Telling of a live run while it is folded: what becomes true with a commit is stored in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.control.database import Control, Transaction
from pipeline.control.live.outbox import Outbox, write_life
from pipeline.control.work.run_records import RunRecord
from pipeline.events.events import SightingEvent, encode_event
from pipeline.events.lifecycle import (
    LifeState,
    LifeStep,
    decode_life,
    encode_life,
    end_lives,
    lives_given_up,
    step_lives,
)
from pipeline.events.lifecycle_tracks import Naming, look_at_closed, look_at_open
from pipeline.events.lifecycle_views import LiveRun, Moment
from pipeline.events.namings import Namings
from pipeline.schemas import ChunkFailed, FaceChunk, RunEnded
from pipeline.sightings.folding.fold import FoldStep
from pipeline.sightings.recording.labels import run_options
from pipeline.sightings.recording.recorded_fold import SILENT, Foldable, Telling
from pipeline.sightings.rows import SourceKind


@dataclass(frozen=True, slots=True, eq=False)
class LiveTelling:
    """A run's sightings as of some item of the fold, and what is to be told since the last commit."""

    run: LiveRun
    naming: Callable[[], Naming]
    clock: Callable[[], datetime]
    state: LifeState
    is_stored: bool = False
    """Whether a state lies in the database."""
    events: tuple[SightingEvent, ...] = ()
    arrived_at: datetime | None = None
    """When the newest picture so far reached us."""

    def folded(self, item: Foldable, step: FoldStep) -> LiveTelling:
        """The telling after one more item of the fold, and what that led to."""
        came = item.arrived_at if isinstance(item, FaceChunk) else None
        now = Moment(0, self.state.now_s, self.clock(), came or self.arrived_at)
        told = self._ended(item, step, now) if isinstance(item, RunEnded) else self._stepped(item, step, now)
        return replace(self, state=told.state, events=self.events + told.events, arrived_at=now.arrived_at)

    def write(self, transaction: Transaction) -> None:
        """Store the state and the events, beside the fold's snapshot."""
        if not (self.is_stored or self._is_alive or self.events):
            return
        state = encode_life(self.state) if self._is_alive else None
        events = [encode_event(event) for event in self.events]
        write_life(transaction, self.run.run.source_id, self.run.run.run_id, state, events)

    def committed(self) -> LiveTelling:
        """The telling after the commit that stored it."""
        return replace(self, is_stored=self._is_alive, events=())

    @property
    def _is_alive(self) -> bool:
        return bool(self.state.tracks or self.state.lives)

    def _stepped(self, item: FaceChunk | ChunkFailed, step: FoldStep, now: Moment) -> LifeStep:
        media_s = item.samples[-1].media_s if item.samples else self.state.now_s
        return self._step(step, replace(now, number=item.number, media_s=media_s))

    def _ended(self, item: RunEnded, step: FoldStep, now: Moment) -> LifeStep:
        last = self._step(step, replace(now, number=item.n_chunks))
        over = end_lives(last.state, replace(now, number=item.n_chunks + 1))
        return LifeStep(over.state, last.events + over.events)

    def _step(self, step: FoldStep, now: Moment) -> LifeStep:
        looks = [*map(look_at_closed, step.closed), *map(look_at_open, step.state.tracks)]
        if not looks and not self._is_alive:
            return LifeStep(self.state)
        return step_lives(self.state, looks, now, self.run, self.naming())


class Tellings:
    """The tellings of one data folder's runs."""

    def __init__(self, control: Control, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._outbox = Outbox(control)
        self._namings = Namings(control)
        self._clock = clock

    def of(self, record: RunRecord) -> Telling:
        """The telling of a live run, where its last commit left it; of footage nothing is told."""
        if record.source_kind is not SourceKind.LIVE:
            return SILENT
        stored = self._outbox.life(record.run.run_id)
        identity = run_options(record).identity
        return LiveTelling(
            run=LiveRun(record.run, record.start_ts),
            naming=lambda: self._namings.naming(record.encoder, identity),
            clock=self._clock,
            state=decode_life(stored) if stored else LifeState(),
            is_stored=stored is not None,
        )

    def give_up(self) -> int:
        """Let the sightings end of runs that were cancelled or failed; how many runs these were."""
        return self._outbox.give_up(self._ends_of)

    def _ends_of(self, state: bytes) -> list[bytes]:
        return [encode_event(event) for event in lives_given_up(decode_life(state), self._clock())]
