"""A live run on its way to the record: what was told of it, and what has to be told again because a server lost it.

Pictures of a camera cannot be read twice. A chunk that is neither on its way nor in the record is told again without
its pictures, as DROPPED, so that the ordered fold never waits for it.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.control.work.run_records import RunRecord
from pipeline.options import AnalysisOptions
from pipeline.schemas import FaceChunk, FrameChunk, LeftOut, RunEnded, RunKey, Sample, SampleState
from workers.messages import Item, Work, pack, stage_options
from workers.wire.headers import StageOptions
from workers.wire.transport import Transport, matches_stream

logger = logging.getLogger(__name__)

ABANDONED_S = 6.0
"""A live run without a sign of life for so long, in seconds, is read by nobody; who reads gives one every second."""
NO_SIZE_WH = (2, 2)
"""The size of frames that nobody knows any more."""


class LiveRunBook(Protocol):
    """What live runs need of the control database's runs."""

    def get(self, run_id: str) -> RunRecord: ...
    def mark_ingesting(self, run_id: str, token: str, now: datetime) -> RunRecord: ...
    def heartbeat(self, run_id: str, token: str, now: datetime) -> bool: ...
    def mark_draining(self, run_id: str, token: str, n_chunks: int, now: datetime) -> bool: ...
    def abandoned(self, older_than_s: float, now: datetime) -> Sequence[RunRecord]: ...


@dataclass(frozen=True, slots=True)
class Note:
    """What is remembered of a chunk until the record has it."""

    samples: tuple[Sample, ...]
    size_wh: tuple[int, int]


class LivePassage:
    """One live run. `note` and `end` are called by who reads the camera, `tend` by anybody, now and then."""

    def __init__(
        self, run: RunKey, options: StageOptions, token: str, lost: Callable[[int], None] = lambda _n_pictures: None
    ) -> None:
        """`lost` is told how many pictures a server lost, each once."""
        self.run = run
        self._options = options
        self._token = token
        self._lost = lost
        self._notes: dict[int, Note] = {}
        self._ended: RunEnded | None = None
        self._lock = threading.Lock()
        self.is_lost = False
        """Whether the run was ended by somebody else."""

    def note(self, chunk: FrameChunk | FaceChunk) -> None:
        """The chunk was published, or was to be: from now on somebody answers for it."""
        with self._lock:
            self._notes[chunk.number] = Note(chunk.samples, chunk.frame_size_wh)

    def end(self, ended: RunEnded) -> None:
        """The run's end; `tend` tells it until the record has it."""
        with self._lock:
            self._ended = ended

    def tend(self, runs: LiveRunBook, transport: Transport, now: datetime) -> bool:
        """Tell again what was lost, and the end when it is there; False when the run is over or another's.

        Raises `TransportLost`.
        """
        with self._lock:
            noted, ended = dict(self._notes), self._ended
        if not self._keep(runs, ended, now):  # first, since a server that is away must not make us look dead
            self.is_lost = ended is None
            return False
        sizes = transport.in_flight(self.run.run_id)
        record = runs.get(self.run.run_id)  # after `sizes`: a slot leaves the flight after it is recorded
        missing = {n: note for n, note in noted.items() if n >= record.next_chunk and n not in sizes}
        for number, note in missing.items():
            self._tell_again(transport, number, note)
        if ended is not None and ended.n_chunks not in sizes:
            self.publish(transport, ended)
        self._forget(record.next_chunk)
        return True

    def publish(self, transport: Transport, item: Item) -> None:
        """Tell the owner of the source something that needs no further work."""
        transport.publish(matches_stream(self.run.source_id), pack(Work(item, self._options)))

    def _keep(self, runs: LiveRunBook, ended: RunEnded | None, now: datetime) -> bool:
        """Give a sign of life; False when the run is over or another's."""
        if ended is not None:
            return runs.mark_draining(self.run.run_id, self._token, ended.n_chunks, now)
        return runs.heartbeat(self.run.run_id, self._token, now)

    def _tell_again(self, transport: Transport, number: int, note: Note) -> None:
        """Without pictures; what was told again counts as lost once."""
        substitute = without_pictures(FrameChunk(self.run, number, note.samples, (), note.size_wh), LeftOut.LOST)
        self.publish(transport, substitute)
        self.note(substitute)
        n_pictures = sum(sample.state is SampleState.DECODED for sample in note.samples)
        if n_pictures:
            self._lost(n_pictures)

    def _forget(self, next_chunk: int) -> None:
        with self._lock:
            self._notes = {number: note for number, note in self._notes.items() if number >= next_chunk}


def without_pictures(chunk: FrameChunk, reason: LeftOut) -> FaceChunk:
    """A chunk whose pictures nobody looks at: what was DECODED is DROPPED, for this reason."""
    samples = tuple(sample.left_out(reason) for sample in chunk.samples)
    return FaceChunk(chunk.run, chunk.number, samples, chunk.frame_size_wh, (), chunk.arrived_at)


def take_over(runs: LiveRunBook, transport: Transport, found: RunRecord, token: str, now: datetime) -> LivePassage:
    """The passage of a live run whose camera nobody reads any more, with its end; `tend` brings it to the record.

    What the run's last reader told is on its way or recorded; its end comes behind that.
    """
    sizes = transport.in_flight(found.run.run_id)
    record = runs.mark_ingesting(found.run.run_id, token, now)
    options = stage_options(AnalysisOptions.from_json(record.options_json))
    passage = LivePassage(record.run, options, token)
    n_chunks = _chunks_told(record, sizes)
    for number in range(record.next_chunk, n_chunks):
        passage.note(FrameChunk(record.run, number, (), (), NO_SIZE_WH))
    passage.end(RunEnded(record.run, n_chunks, "the process that read the camera ended without a word"))
    return passage


def end_abandoned(runs: LiveRunBook, transport: Transport, now: datetime) -> None:
    """End the live runs whose camera process is gone without a word. Raises `TransportLost`."""
    for record in runs.abandoned(ABANDONED_S, now):
        logger.warning("%s run %s is read by nobody any more: ending it", record.run.source_id, record.run.run_id)
        take_over(runs, transport, record, uuid.uuid4().hex, now).tend(runs, transport, now)


def _chunks_told(record: RunRecord, sizes: Mapping[int, int]) -> int:
    """How many chunks the run has; its end may be among the slots on their way already."""
    if record.n_chunks is not None and record.n_chunks >= record.next_chunk:
        return record.n_chunks
    return max([record.next_chunk, *(number + 1 for number in sizes)])
