"""The aggregator: owns the sources that are being analysed, and brings their messages into the record.

A source has one owner at a time. Who takes a source over starts from its last commit and takes over its messages:
those that were recorded since are nothing new.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.control.correcting.relabelling import RelabelTask
from pipeline.control.database import Control, Lease
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import Runs
from pipeline.errors import LeaseLost, NotFound
from pipeline.sightings.recording.recorded_fold import RecordedFold
from pipeline.sightings.recording.recorder import Recorder
from pipeline.sightings.rows import SourceKind
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.recording.folding import RunFold, Taken
from workers.recording.ownership import LEASE_S, Ownership
from workers.recording.relabelling import SLICE_S, Relabeller, neglected
from workers.recording.telling import NobodyTold, Teller
from workers.stages.stepping import step_until
from workers.timing import Every
from workers.wire.entries import entry_age_s
from workers.wire.transport import AGGREGATORS, Delivery, Subscription, Transport, matches_stream

logger = logging.getLogger(__name__)

NAME = "aggregator"
TAKE_OVER = 1000
"""Messages taken over at once from a source's last owner; more than can be on their way."""
SHOW_SHARE = 20
"""Making sightings while their run goes on takes at most one part in so many of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregatorOptions:
    """How often the aggregator looks after what."""

    lease_s: float = LEASE_S
    look_s: float = 0.5
    """Between two looks at which runs are active."""
    show_s: float = 5.0
    """Least time between two makings of sightings while their runs go on."""
    batch: int = 32
    """Messages taken at once from each source."""
    wait_s: float = 0.2
    """Longest wait for a message, and so for the end after SIGTERM."""
    metrics: Metrics = UNCOUNTED
    """Who is told what the aggregator does."""
    teller: Teller = field(default_factory=NobodyTold)
    """Who tells of live runs."""


class Aggregator:
    """One owner of sources; `run` returns after `stop` is set, and gives its sources up."""

    def __init__(
        self,
        control: Control,
        recorder: Recorder,
        transport: Transport,
        stop: threading.Event,
        options: AggregatorOptions,
        *,
        tend: Callable[[], None] = lambda: None,
    ) -> None:
        """`tend` is called at every look at the runs, to care for those that nobody ingests."""
        self._runs = Runs(control)
        self._ownership = Ownership(Leases(control), options.lease_s)
        self._recorder = recorder
        self._transport = transport
        self._stop = stop
        self._options = options
        self._metrics = options.metrics
        self._tend = tend
        self._teller = options.teller
        self._folds: dict[str, RunFold] = {}
        self._relabeller = Relabeller(control, recorder)
        self._look = Every(options.look_s)
        self._take_over = Every(options.lease_s)
        self._show = Every(options.show_s)
        self._relabel_look = Every(options.look_s)
        self._is_cut_off = False

    def run(self) -> None:
        """Own and record until `stop` is set; a lost server is waited for."""
        with self._ownership.renewing():
            step_until(self._stop, NAME, self.step, self._metrics, lost=self._note_cut)
        self._ownership.follow([])

    def step(self) -> None:
        """Look after the sources when it is time, and record what has come for them."""
        self._metrics.beat(NAME)
        if self._look.is_due():
            self._follow_runs()
        owned = self._ownership.owned()
        if not owned:
            self._stop.wait(self._options.look_s)
            return
        self._record_all(self._receive(owned))
        self._relabel()
        if self._show.is_due():
            self._show_progress()

    def _note_cut(self) -> None:
        self._folds.clear()  # what they hold may come again, or be nowhere else
        self._is_cut_off = True

    def _follow_runs(self) -> None:
        """Own the sources of active runs; folds of runs that ended otherwise go."""
        self._tend()
        self._teller.tend()
        active = {record.run.run_id: record.run.source_id for record in self._runs.active()}
        self._folds = {run_id: fold for run_id, fold in self._folds.items() if run_id in active}
        waiting = neglected(self._relabeller.tasks(), datetime.now(UTC))
        for source_id in self._ownership.follow({*active.values(), *waiting}):
            self._drop_folds(source_id)
            self._record_all(self._transport.claim_idle(self._subscription([source_id]), 0, TAKE_OVER))

    def _receive(self, owned: Iterable[str]) -> list[Delivery]:
        subscription = self._subscription(owned)
        if self._is_cut_off:
            in_hand = self._transport.claim_idle(subscription, 0, TAKE_OVER)
            self._is_cut_off = False
            return in_hand
        if self._take_over.is_due():  # an owner that woke up too late may have taken some before it knew
            return self._transport.claim_idle(subscription, self._options.lease_s, TAKE_OVER)
        return self._transport.receive(subscription, self._options.batch, self._options.wait_s)

    def _subscription(self, source_ids: Iterable[str]) -> Subscription:
        streams = tuple(matches_stream(source_id) for source_id in sorted(source_ids))
        return Subscription(streams, AGGREGATORS, self._ownership.name)

    def _record_all(self, deliveries: Sequence[Delivery]) -> None:
        by_run: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for delivery in deliveries:
            run = delivery.envelope.slot.run
            by_run[run.source_id, run.run_id].append(delivery)
        for (source_id, run_id), messages in by_run.items():
            self._record(source_id, run_id, messages)

    def _record(self, source_id: str, run_id: str, deliveries: Sequence[Delivery]) -> None:
        lease = self._ownership.owned().get(source_id)
        if lease is None:
            return
        begun = time.monotonic()
        try:
            fold = self._fold_of(run_id, lease)
            if fold is None:
                self._transport.settle(AGGREGATORS, deliveries)
                return
            taken = fold.take(deliveries)
        except LeaseLost as error:
            self._lose(source_id, error)
            return
        self._count(fold, taken, time.monotonic() - begun)
        self._teller.publish(source_id)
        self._transport.discard(AGGREGATORS, taken.copies)
        self._transport.settle(AGGREGATORS, taken.finished)
        if fold.is_over:
            del self._folds[run_id]
            self._transport.end_flight(run_id)

    def _count(self, fold: RunFold, taken: Taken, seconds: float) -> None:
        if not taken.finished:
            return
        self._metrics.add(of.CHUNKS, len(taken.finished), stage=NAME)
        self._metrics.observe(of.COMMIT_SECONDS, seconds)
        now_s = time.time()
        for delivery in taken.finished:
            self._metrics.observe(of.WAIT_SECONDS, entry_age_s(delivery.entry_id, now_s), stage=NAME)
        for state, count in taken.samples.items():
            self._metrics.add(of.SAMPLES, count, camera=fold.camera, state=state.value)

    def _fold_of(self, run_id: str, lease: Lease) -> RunFold | None:
        """The run's fold, begun where the record stands; None when the run is over or unknown."""
        if run_id in self._folds:
            return self._folds[run_id]
        try:
            record = self._runs.get(run_id)
        except NotFound:
            return None
        if not record.state.is_active:
            return None
        fold = RecordedFold(record, lease, self._recorder, self._runs, self._teller.telling(record))
        camera = record.run.source_id if record.source_kind is SourceKind.LIVE else ""
        self._folds[run_id] = RunFold(record.run.source_id, fold, camera)
        return self._folds[run_id]

    def _drop_folds(self, source_id: str) -> None:
        self._folds = {run_id: fold for run_id, fold in self._folds.items() if fold.source_id != source_id}

    def _show_progress(self) -> None:
        """Let those who look at the record see the runs that go on; rarer when that takes long."""
        begun = time.monotonic()
        for fold in list(self._folds.values()):
            try:
                fold.show()
            except LeaseLost as error:
                self._lose(fold.source_id, error)
        self._show.postpone(SHOW_SHARE * (time.monotonic() - begun))

    def _relabel(self) -> None:
        """Go on naming the past of one source that waits for it, for a moment."""
        if not self._relabel_look.is_due():
            return
        owned = self._ownership.owned()
        for task in self._relabeller.tasks():
            if task.source_id in owned:
                begun = time.monotonic()
                self._relabel_source(task, owned[task.source_id])
                self._relabel_look.postpone(time.monotonic() - begun)  # messages get half of the time
                return

    def _relabel_source(self, task: RelabelTask, lease: Lease) -> None:
        try:
            self._relabeller.carry_on(task, lease, SLICE_S)
        except LeaseLost as error:
            self._lose(task.source_id, error)

    def _lose(self, source_id: str, error: LeaseLost) -> None:
        logger.warning("%s", error)
        self._ownership.forget(source_id)
        self._drop_folds(source_id)
