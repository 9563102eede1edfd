"""Ingest: one footage file as chunks on the frames stream, waiting for room, until the record has them all.

Nothing is remembered here that a restart would miss: which chunks the record has stands in the control database,
which are on their way stands in the slots in flight. A chunk that is in neither was lost with a server, and is read
again.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.errors import InputError, SourceUnreadable, TransportLost
from pipeline.options import AnalysisOptions, SamplingOptions
from pipeline.schemas import FrameChunk, RunEnded, RunKey
from workers.messages import Work, pack, slot_of, stage_options
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.pulse import Pulse
from workers.wire.pictures import Codec
from workers.wire.transport import FRAMES, Envelope, Transport, backoff_s, matches_stream

logger = logging.getLogger(__name__)

NAME = "ingest"

MAX_SLOTS = 64
"""Chunks of one run on their way at once, whatever their size."""
PULSE_S = 1.0
ORPHANED_S = 6.0
"""An ingest without a sign of life for this long is dead; it gives one every `PULSE_S`."""
LOOK_S = 0.05
"""Between two looks for room, in seconds."""

ReadChunks = Callable[[Path, RunKey, SamplingOptions, int], Iterator[FrameChunk | RunEnded]]


class RunBook(Protocol):
    """What ingest needs of the control database's runs."""

    def get(self, run_id: str) -> RunRecord: ...
    def mark_ingesting(self, run_id: str, token: str, now: datetime) -> RunRecord: ...
    def heartbeat(self, run_id: str, token: str, now: datetime) -> bool: ...
    def mark_draining(self, run_id: str, token: str, n_chunks: int, now: datetime) -> bool: ...
    def fail(self, run_id: str, problem: str) -> RunRecord: ...
    def requeue(self, run_id: str) -> RunRecord: ...


class Outlook(Enum):
    """What a look at the run says about going on."""

    WAIT = auto()
    ROOM = auto()
    LOST = auto()  # chunks have disappeared with the server
    OVER = auto()  # recorded, cancelled, failed, or another ingest has the run


@dataclass(frozen=True, slots=True)
class Passage:
    """How far this ingest has brought the run."""

    published: int
    """Slots below this were published, by this ingest or one before."""
    is_whole: bool = False
    """True once the run's end is among them."""


class Ingest:
    """Brings one run from its file to the record; `run` returns when it is there, or `stop` is set."""

    def __init__(
        self,
        runs: RunBook,
        transport: Transport,
        read_chunks: ReadChunks,
        credit_bytes: int,
        stop: threading.Event,
        metrics: Metrics = UNCOUNTED,
    ) -> None:
        self._runs = runs
        self._transport = transport
        self._read_chunks = read_chunks
        self._credit_bytes = credit_bytes
        self._stop = stop
        self._metrics = metrics
        self._token = uuid.uuid4().hex
        self._replaced = threading.Event()

    def run(self, run_id: str) -> None:
        """Ingest the run, unless somebody else alive does, or it is no longer active."""
        found = self._runs.get(run_id)
        if not found.state.is_active or _has_living_ingest(found, datetime.now(UTC)):
            logger.info("%s run %s is %s: nothing to ingest", found.run.source_id, run_id, found.state)
            return
        record = self._runs.mark_ingesting(run_id, self._token, datetime.now(UTC))
        logger.info("%s begins at chunk %s", record.run.source_id, record.next_chunk)
        with Pulse("ingest pulse", PULSE_S, lambda: self._beat(run_id)):
            try:
                self._bring(record)
            except SourceUnreadable as error:
                logger.error("%s cannot be read: %s", record.run.source_id, error)  # noqa: TRY400 - the user's file
                self._runs.fail(run_id, str(error))
                self._transport.end_flight(run_id)
        if self._stop.is_set() and not self._replaced.is_set():
            self._runs.requeue(run_id)

    def _beat(self, run_id: str) -> None:
        if not self._runs.heartbeat(run_id, self._token, datetime.now(UTC)):
            self._replaced.set()

    def _bring(self, record: RunRecord) -> None:
        failures = 0
        while not self._is_over():
            try:
                outlook = self._feed_and_drain(record)
            except TransportLost as error:
                failures += 1
                self._metrics.add(of.SERVER_LOSSES, stage=NAME)
                logger.warning("%s waits for the server: %s", record.run.source_id, error)
                self._stop.wait(backoff_s(failures))
                continue
            if outlook is Outlook.OVER:
                return
            logger.warning("%s lost chunks with the server: reading them again", record.run.source_id)

    def _feed_and_drain(self, record: RunRecord) -> Outlook:
        """Publish what is missing, then wait for the record; OVER, or LOST when it has to be done again."""
        on_their_way = self._transport.in_flight(record.run.run_id)
        next_chunk = self._runs.get(record.run.run_id).next_chunk
        passage = Passage(_first_missing(next_chunk, on_their_way))
        # The last that is on its way may be the run's end: who reads on behind that finds another end there.
        start = max(next_chunk, passage.published - 1)
        options = AnalysisOptions.from_json(record.options_json)
        codec = Codec.RAW if self._transport.is_local else Codec.JPEG
        for item in self._read_chunks(_path_of(record), record.run, options.sampling, start):
            number = slot_of(item).number
            if number not in on_their_way:
                envelope = pack(Work(item, stage_options(options)), codec)
                begun = time.monotonic()
                outlook = self._await(record, passage, envelope)
                self._metrics.add(of.CREDIT_SECONDS, time.monotonic() - begun)
                if outlook is not Outlook.ROOM:
                    return outlook
                self._publish(item, envelope)
            passage = Passage(number + 1, isinstance(item, RunEnded))
        self._runs.mark_draining(record.run.run_id, self._token, passage.published - 1, datetime.now(UTC))
        return self._await(record, passage, None)

    def _publish(self, item: FrameChunk | RunEnded, envelope: Envelope) -> None:
        ended = isinstance(item, RunEnded)
        self._transport.publish(matches_stream(item.run.source_id) if ended else FRAMES, envelope)
        self._metrics.add(of.CHUNKS, stage=NAME)
        self._metrics.add(of.PUBLISHED_BYTES, envelope.n_bytes)
        logger.debug("%s chunk %s is on its way", item.run.source_id, envelope.slot.number)

    def _await(self, record: RunRecord, passage: Passage, envelope: Envelope | None) -> Outlook:
        """Wait for room for `envelope`, or for the end when there is none."""
        while not self._is_over():
            sizes = self._transport.in_flight(record.run.run_id)
            if envelope is not None and self._has_room(sizes, envelope):
                return Outlook.ROOM
            outlook = self._look(record.run.run_id, passage, sizes)
            if outlook is not Outlook.WAIT:
                return outlook
            self._stop.wait(LOOK_S)
        return Outlook.OVER

    def _look(self, run_id: str, passage: Passage, sizes: Mapping[int, int]) -> Outlook:
        """Judge by the record, which must be read after `sizes`: a slot leaves the flight after it is recorded."""
        now = self._runs.get(run_id)
        if not now.state.is_active:
            return Outlook.OVER
        lost = any(number not in sizes for number in range(now.next_chunk, passage.published))
        return Outlook.LOST if lost else Outlook.WAIT

    def _has_room(self, sizes: Mapping[int, int], envelope: Envelope) -> bool:
        if not sizes:
            return True  # a chunk larger than all credit must get through as well
        return len(sizes) < MAX_SLOTS and sum(sizes.values()) + envelope.n_bytes <= self._credit_bytes

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._replaced.is_set()


def _first_missing(next_chunk: int, on_their_way: Mapping[int, int]) -> int:
    """The first slot from `next_chunk` on that is not on its way."""
    while next_chunk in on_their_way:
        next_chunk += 1
    return next_chunk


def _has_living_ingest(record: RunRecord, now: datetime) -> bool:
    if record.state is RunState.QUEUED or record.heartbeat_at is None:
        return False
    return now - record.heartbeat_at < timedelta(seconds=ORPHANED_S)


def _path_of(record: RunRecord) -> Path:
    if record.path is None:
        raise InputError(f"the source {record.run.source_id} is no file")
    return Path(record.path)
