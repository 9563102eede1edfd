"""The stage loop: take messages, let the stage work on them, move the results on, give the hopeless up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import ChunkRejected, MessageError
from pipeline.schemas import FaceChunk, RunKey
from workers.messages import Item, Work, give_up, pack, unpack
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.pulse import Pulse
from workers.stages.claiming import LIVE_IDLE_S, Claim
from workers.stages.gathering import Gathering
from workers.stages.keeper import Keeper
from workers.stages.stepping import step_until
from workers.wire.entries import entry_age_s
from workers.wire.transport import Burial, Delivery, Subscription, Transport

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way: where its messages come from, what is done to them, and where the results go."""

    name: str
    inputs: tuple[str, ...]
    """Streams to read."""
    group: str
    handle: Callable[[Sequence[Work]], Sequence[Item]]
    """One result per work, in order. `ChunkRejected` buries; anything else stops the process."""
    route: Callable[[RunKey], str]
    """The stream for the results of a run."""
    live_inputs: tuple[str, ...] = ()
    """Those of the streams that carry chunks of live cameras: read first, and only these are gathered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOptions:
    """When messages change hands, and when they are given up."""

    batch: int = 1
    """Messages taken at once."""
    wait_s: float = 0.5
    """Longest wait for a message, and so for the end after SIGTERM."""
    min_idle_s: float = 6.0
    """A message nobody touched for this long belongs to a dead worker; a living one touches it thrice as often."""
    live_idle_s: float = LIVE_IDLE_S
    """The same for chunks of live cameras, where it is less."""
    max_tries: int = 3
    gathering: Gathering | None = None
    """When to wait for more chunks of live cameras; None never does."""
    metrics: Metrics = UNCOUNTED
    """Who is told what the loop does."""


class StageLoop:
    """One worker of one stage; `run` returns after `stop` is set, with nothing in hand."""

    def __init__(
        self, stage: Stage, transport: Transport, consumer: str, stop: threading.Event, options: LoopOptions
    ) -> None:
        self._stage = stage
        self._transport = transport
        self._subscription = Subscription(stage.inputs, stage.group, consumer)
        self._stop = stop
        self._options = options
        self._metrics = options.metrics
        self._live_idle_s = min(options.live_idle_s, options.min_idle_s)
        self._claims = (
            self._claim(stage.live_inputs, self._live_idle_s),
            self._claim([name for name in stage.inputs if name not in stage.live_inputs], options.min_idle_s),
        )
        self._keeper = Keeper(transport, self._subscription)
        self._metrics.add(of.BURIED, 0, stage=stage.name)  # the first one is an increase only of what was told before

    def run(self) -> None:
        """Work until `stop` is set; a lost server is waited for."""
        with Pulse(f"{self._stage.name} keeper", self._live_idle_s / 3, self._keeper.touch):
            step_until(self._stop, self._stage.name, self.step, self._metrics)

    def step(self) -> None:
        """Take messages once, and finish them."""
        self._metrics.beat(self._stage.name)
        for delivery in (taken for claim in self._claims for taken in claim.take()):
            self._finish([delivery])  # one by one, so that a bad message takes no other with it
        live, recorded = self._receive()
        if live:
            self._finish([*live, *self._gather(live)])
        if recorded:
            self._finish(recorded)

    def _receive(self) -> tuple[list[Delivery], list[Delivery]]:
        """Messages of live cameras, and of footage; the latter only when there are none of the former at first."""
        streams, batch = self._stage.live_inputs, self._options.batch
        if streams:
            waiting = self._transport.receive(replace(self._subscription, streams=streams), batch, 0)
            if waiting:
                return waiting, []
        taken = self._transport.receive(self._subscription, batch, self._options.wait_s)
        live = [delivery for delivery in taken if delivery.stream in streams]
        return live, [delivery for delivery in taken if delivery.stream not in streams]

    def _gather(self, first: Sequence[Delivery]) -> list[Delivery]:
        """More chunks of live cameras, until a batch is full or its deadline has come."""
        gathering, streams = self._options.gathering, self._stage.live_inputs
        if gathering is None:
            return []
        begin, more = time.monotonic(), list[Delivery]()
        subscription = replace(self._subscription, streams=streams)
        while patience_s := gathering.patience_s(len(first) + len(more), time.monotonic() - begin):
            n_missing = gathering.most - len(first) - len(more)
            more += self._transport.receive(subscription, n_missing, patience_s)
        return more

    def _claim(self, streams: Sequence[str], idle_s: float) -> Claim:
        subscription = replace(self._subscription, streams=tuple(streams))
        return Claim(self._transport, subscription, idle_s, self._options.batch)

    def _finish(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self._metrics.observe(of.WAIT_SECONDS, entry_age_s(delivery.entry_id, time.time()), stage=self._stage.name)
        with self._keeper.holding(deliveries):
            readable = [(delivery, work) for delivery in deliveries if (work := self._read(delivery)) is not None]
            for delivery, item, work in self._handle(readable):
                self._forward(delivery, Work(item, work.options))

    def _read(self, delivery: Delivery) -> Work | None:
        if delivery.tries > self._options.max_tries:
            tries = self._options.max_tries
            self._bury(replace(delivery, tries=tries), f"it was tried {tries} times, and the worker ended each time")
            return None
        try:
            return unpack(delivery.envelope)
        except MessageError as error:
            self._bury(delivery, str(error))
            return None

    def _handle(self, readable: Sequence[tuple[Delivery, Work]]) -> list[tuple[Delivery, Item, Work]]:
        if not readable:
            return []
        begun = time.monotonic()
        try:
            items = self._stage.handle([work for _, work in readable])
        except ChunkRejected as error:
            return self._handle_rejected(readable, error)
        each_s = (time.monotonic() - begun) / len(readable)
        for _ in readable:
            self._metrics.observe(of.CHUNK_SECONDS, each_s, stage=self._stage.name)
        return [(delivery, item, work) for (delivery, work), item in zip(readable, items, strict=True)]

    def _handle_rejected(
        self, readable: Sequence[tuple[Delivery, Work]], error: ChunkRejected
    ) -> list[tuple[Delivery, Item, Work]]:
        if len(readable) > 1:
            return [done for pair in readable for done in self._handle([pair])]
        self._bury(readable[0][0], str(error))
        return []

    def _forward(self, delivery: Delivery, work: Work) -> None:
        slot = delivery.envelope.slot
        moved = self._transport.forward(self._stage.group, delivery, self._stage.route(slot.run), pack(work))
        if moved:
            self._count(work.item)
        logger.debug(
            "%s %s chunk %s %s", self._stage.name, slot.run.source_id, slot.number, "done" if moved else "late"
        )

    def _count(self, item: Item) -> None:
        self._metrics.add(of.CHUNKS, stage=self._stage.name)
        if isinstance(item, FaceChunk):
            self._metrics.add(of.FACES, len(item.faces), stage=self._stage.name)
            self._metrics.add(of.EMBEDDINGS, sum(face.embedding is not None for face in item.faces))

    def _bury(self, delivery: Delivery, reason: str) -> None:
        slot = delivery.envelope.slot
        self._metrics.add(of.BURIED, stage=self._stage.name)
        logger.error("%s buries %s chunk %s: %s", self._stage.name, slot.run.source_id, slot.number, reason)
        burial = Burial(self._stage.name, reason, delivery.tries)
        if slot.number < 0:
            self._transport.settle(self._stage.group, [delivery], burial)
            return
        envelope = give_up(delivery.envelope, self._stage.name, reason)
        self._transport.forward(self._stage.group, delivery, self._stage.route(slot.run), envelope, burial)
