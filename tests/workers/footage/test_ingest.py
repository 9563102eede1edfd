"""Ingest: everything missing is published once, when there is room, and what a server lost is read again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.control.work.run_records import RunState
from pipeline.control.work.sources import Sources
from pipeline.errors import SourceUnreadable
from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, RunEnded, RunKey
from tests.builders import RUN
from tests.builders_recording import make_new_source, submit
from tests.builders_workers import OPTIONS, PATIENCE_S, FakeRuns, make_frame_chunk
from workers.footage.ingest import Ingest, ReadChunks
from workers.messages import Work, pack
from workers.wire.memory import MemoryTransport
from workers.wire.transport import AGGREGATORS, DETECTORS, FRAMES, Delivery, Subscription, matches_stream

N_CHUNKS = 6
PLENTY = 1 << 30
CHUNK_BYTES = pack(Work(make_frame_chunk(), OPTIONS)).n_bytes
OTHER = "another ingest"


@dataclass(slots=True)
class Downstream:
    """Everything after ingest, by hand."""

    transport: MemoryTransport
    runs: FakeRuns

    def take(self, count: int) -> list[Delivery]:
        """The next `count` chunks, waited for."""
        reader = Subscription((FRAMES,), DETECTORS, "test")
        taken: list[Delivery] = []
        while len(taken) < count:
            more = self.transport.receive(reader, count - len(taken), PATIENCE_S)
            assert more, f"waited in vain for {count} chunks"
            taken += more
        return taken

    def take_end(self) -> list[Delivery]:
        reader = Subscription((matches_stream(RUN.source_id),), AGGREGATORS, "test")
        return self.transport.receive(reader, 9, PATIENCE_S)

    def record(self, deliveries: list[Delivery]) -> None:
        """Let the record have these chunks."""
        self.runs.change(next_chunk=max(delivery.envelope.slot.number for delivery in deliveries) + 1)
        self.transport.settle(DETECTORS, deliveries)

    def finish(self) -> None:
        """Let the record have everything."""
        while self.runs.record.next_chunk < N_CHUNKS:
            self.record(self.take(1))
        self.runs.wait_for(RunState.DRAINING)
        self.runs.change(state=RunState.DONE)


def read_chunks(
    _path: Path, run: RunKey, _options: SamplingOptions, start_chunk: int
) -> Iterator[FrameChunk | RunEnded]:
    yield from (make_frame_chunk(number, run=run) for number in range(start_chunk, N_CHUNKS))
    yield RunEnded(run, max(start_chunk, N_CHUNKS))  # as with a real file


def make_downstream(tmp_path: Path) -> Downstream:
    control = open_control(tmp_path)
    Sources(control).upsert(make_new_source())
    record = submit(control, RUN)
    control.close()
    return Downstream(MemoryTransport(), FakeRuns(record))


@contextmanager
def ingesting(
    downstream: Downstream, credit_bytes: int = PLENTY, read: ReadChunks = read_chunks
) -> Iterator[threading.Event]:
    """An ingest of the run in a thread; ends with the block, which may set the event that stops it."""
    stop = threading.Event()
    ingest = Ingest(downstream.runs, downstream.transport, read, credit_bytes, stop)
    thread = threading.Thread(target=ingest.run, args=[RUN.run_id])
    thread.start()
    try:
        yield stop
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    finally:
        stop.set()
        thread.join()


def numbers(deliveries: list[Delivery]) -> list[int]:
    return [delivery.envelope.slot.number for delivery in deliveries]


def test_chunks_and_the_end_are_published_in_order(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream):
        taken = downstream.take(N_CHUNKS)
        end = downstream.take_end()
        downstream.record(taken)
        downstream.runs.change(state=RunState.DONE)

    assert numbers(taken) == list(range(N_CHUNKS))
    assert numbers(end) == [N_CHUNKS]
    assert downstream.runs.record.n_chunks == N_CHUNKS


@pytest.mark.slow
def test_no_more_is_published_than_there_is_room_for(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream, credit_bytes=2 * CHUNK_BYTES + 1):
        first = downstream.take(2)
        waiting = dict(downstream.transport.in_flight(RUN.run_id))
        downstream.record(first[:1])
        third = downstream.take(1)
        downstream.record([*first[1:], *third])
        downstream.finish()

    assert sorted(waiting) == [0, 1]
    assert numbers(third) == [2]


def test_chunk_larger_than_all_room_is_published_alone(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream, credit_bytes=1):
        for number in range(N_CHUNKS):
            taken = downstream.take(1)
            assert numbers(taken) == [number]
            assert list(downstream.transport.in_flight(RUN.run_id)) == [number]
            downstream.record(taken)
        downstream.runs.wait_for(RunState.DRAINING)
        downstream.runs.change(state=RunState.DONE)


def test_run_goes_on_at_the_first_chunk_that_is_neither_recorded_nor_on_its_way(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)
    downstream.runs.change(next_chunk=1)
    for number in (1, 3):
        downstream.transport.publish(FRAMES, pack(Work(make_frame_chunk(number), OPTIONS)))
    started_at: list[int] = []

    def read(path: Path, run: RunKey, options: SamplingOptions, start: int) -> Iterator[FrameChunk | RunEnded]:
        started_at.append(start)
        return read_chunks(path, run, options, start)

    with ingesting(downstream, read=read):
        taken = downstream.take(N_CHUNKS - 1)
        downstream.record(taken)
        downstream.runs.wait_for(RunState.DRAINING)
        downstream.runs.change(state=RunState.DONE)

    assert started_at == [1]  # the last that is on its way may be the end
    assert sorted(numbers(taken)) == [1, 2, 3, 4, 5]


def test_run_that_is_on_its_way_as_a_whole_gets_no_second_end(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)
    for number in range(N_CHUNKS):
        downstream.transport.publish(FRAMES, pack(Work(make_frame_chunk(number), OPTIONS)))
    downstream.transport.publish(matches_stream(RUN.source_id), pack(Work(RunEnded(RUN, N_CHUNKS), OPTIONS)))

    with ingesting(downstream):
        downstream.runs.wait_for(RunState.DRAINING)
        end = downstream.take_end()
        downstream.runs.change(state=RunState.DONE)

    assert numbers(end) == [N_CHUNKS]
    assert downstream.runs.record.n_chunks == N_CHUNKS


def test_chunks_lost_with_the_server_are_read_again(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream):
        downstream.record(downstream.take(N_CHUNKS)[:2])
        downstream.runs.wait_for(RunState.DRAINING)
        downstream.transport.end_flight(RUN.run_id)
        again = downstream.take(N_CHUNKS - 2)
        downstream.record(again)
        downstream.runs.change(state=RunState.DONE)

    assert numbers(again) == [2, 3, 4, 5]


def test_lost_end_is_published_again(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream):
        downstream.record(downstream.take(N_CHUNKS))
        downstream.transport.settle(AGGREGATORS, downstream.take_end())
        end = downstream.take_end()
        downstream.runs.change(state=RunState.DONE)

    assert numbers(end) == [N_CHUNKS]


def test_unreadable_file_fails_the_run_with_the_reason(tmp_path: Path) -> None:
    def read(*_arguments: object) -> Iterator[FrameChunk | RunEnded]:
        yield make_frame_chunk(0)
        raise SourceUnreadable("door.mp4 is gone")

    downstream = make_downstream(tmp_path)

    with ingesting(downstream, read=read):
        pass

    assert downstream.runs.record.state is RunState.FAILED
    assert downstream.runs.record.problem == "door.mp4 is gone"
    assert downstream.transport.in_flight(RUN.run_id) == {}


def test_stopped_ingest_leaves_a_run_that_can_go_on(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream, credit_bytes=1) as stop:
        downstream.take(1)
        stop.set()

    assert downstream.runs.record.state is RunState.QUEUED
    assert list(downstream.transport.in_flight(RUN.run_id)) == [0]


def test_cancelled_run_is_left(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream, credit_bytes=1):
        downstream.take(1)
        downstream.runs.change(state=RunState.CANCELLED)

    assert downstream.runs.record.state is RunState.CANCELLED


@pytest.mark.slow
def test_replaced_ingest_leaves_without_a_word(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)

    with ingesting(downstream, credit_bytes=1):
        downstream.take(1)
        downstream.runs.change(job_token=OTHER)

    assert downstream.runs.record.state is RunState.INGESTING


def test_run_that_another_ingest_looks_after_is_left_alone(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)
    downstream.runs.change(state=RunState.INGESTING, job_token=OTHER, heartbeat_at=datetime.now(UTC))

    with ingesting(downstream):
        pass

    assert downstream.runs.record.job_token == OTHER


def test_run_whose_ingest_died_is_taken_over(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    downstream.runs.change(state=RunState.INGESTING, job_token=OTHER, heartbeat_at=long_ago)

    with ingesting(downstream):
        downstream.finish()

    assert downstream.runs.record.job_token != OTHER


def test_finished_run_is_not_ingested(tmp_path: Path) -> None:
    downstream = make_downstream(tmp_path)
    downstream.runs.change(state=RunState.DONE)

    with ingesting(downstream, read=_must_not_read):
        pass


def _must_not_read(*_arguments: object) -> Iterator[FrameChunk | RunEnded]:
    raise AssertionError("nothing was to be read")
