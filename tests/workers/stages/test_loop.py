"""The stage loop: messages move on once, bad ones are buried, and a stop leaves nothing in hand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.schemas import ChunkFailed, FaceChunk, RunKey
from tests.builders import RUN
from tests.builders_metrics import HeardMetrics
from tests.builders_workers import OPTIONS, FakeDetector, make_frame_chunk
from workers.messages import Item, Work, pack, slot_of, unpack
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.wire.transport import DETECTORS, FACES, FRAMES, Envelope, Slot, Subscription, Transport

QUICK = LoopOptions(batch=4, wait_s=0.01, min_idle_s=0, max_tries=3)
NEXT = Subscription((FACES,), "encoders", "test")


def make_stage(detector: FakeDetector | None = None) -> Stage:
    return Stage("detector", (FRAMES,), DETECTORS, (detector or FakeDetector()).handle, lambda _run: FACES)


@pytest.fixture(autouse=True)
def _groups(transport: Transport) -> None:
    """A server learns of a group when it is read for the first time."""
    transport.receive(Subscription((FRAMES,), DETECTORS, "nobody"), 1, 0)


def make_loop(transport: Transport, stage: Stage | None = None, stop: threading.Event | None = None) -> StageLoop:
    return StageLoop(stage or make_stage(), transport, "one", stop or threading.Event(), QUICK)


def publish(transport: Transport, number: int, run: RunKey = RUN) -> None:
    transport.publish(FRAMES, pack(Work(make_frame_chunk(number, run=run), OPTIONS)))


def results(transport: Transport) -> list[Item]:
    taken = [*transport.receive(NEXT, 99, 0), *transport.receive(NEXT, 99, 0)]
    return [unpack(delivery.envelope).item for delivery in taken]


def test_nothing_to_do_does_nothing(transport: Transport) -> None:
    make_loop(transport).step()

    assert results(transport) == []


def test_work_moves_on_with_its_options(transport: Transport) -> None:
    publish(transport, 0)
    loop = make_loop(transport)

    loop.step()
    loop.step()

    (item,) = results(transport)
    assert isinstance(item, FaceChunk)
    assert [face.sample_index for face in item.faces] == [0, 1]
    assert transport.stream_state(FRAMES, DETECTORS).length == 0


def test_chunk_at_fault_is_buried_alone_and_at_once(transport: Transport) -> None:
    for number in range(3):
        publish(transport, number)
    loop = make_loop(transport, make_stage(FakeDetector(rejected=frozenset({1}))))

    loop.step()

    items = {slot_of(item).number: type(item) for item in results(transport)}
    assert items == {0: FaceChunk, 1: ChunkFailed, 2: FaceChunk}
    assert [(note.slot.number, note.burial.stage) for note in transport.buried(9)] == [(1, "detector")]


def test_what_the_loop_does_is_counted(transport: Transport) -> None:
    heard = HeardMetrics()
    for number in range(3):
        publish(transport, number)
    stage = make_stage(FakeDetector(rejected=frozenset({1})))

    StageLoop(stage, transport, "one", threading.Event(), replace(QUICK, metrics=heard)).step()

    assert +heard.counts == {
        "facetrail_chunks_total detector": 2,
        "facetrail_faces_total detector": 4,
        "facetrail_buried_total detector": 1,
    }
    waited, worked = heard.times["facetrail_wait_seconds detector"], heard.times["facetrail_chunk_seconds detector"]
    assert (len(waited), len(worked), heard.beats) == (3, 2, ["detector"])


def test_burials_are_told_from_nought_so_that_the_first_is_an_increase(transport: Transport) -> None:
    heard = HeardMetrics()

    StageLoop(make_stage(), transport, "one", threading.Event(), replace(QUICK, metrics=heard))

    assert list(heard.counts.items()) == [("facetrail_buried_total detector", 0)]


def test_bad_message_is_buried_and_not_retried(transport: Transport) -> None:
    publish(transport, 0)
    transport.publish(FRAMES, Envelope(Slot(RUN, 1), b"nonsense"))
    loop = make_loop(transport)

    loop.step()

    assert {type(item) for item in results(transport)} == {FaceChunk, ChunkFailed}
    assert transport.stream_state(FRAMES, DETECTORS).length == 0


def test_unexpected_error_rises_and_the_message_stays(transport: Transport) -> None:
    def fail(_works: Sequence[Work]) -> list[Item]:
        raise RuntimeError("a worker breaks")

    publish(transport, 0)
    loop = make_loop(transport, Stage("detector", (FRAMES,), DETECTORS, fail, lambda _run: FACES))

    with pytest.raises(RuntimeError):
        loop.step()

    assert transport.stream_state(FRAMES, DETECTORS).pending == 1


def test_message_that_ended_three_workers_is_buried_by_the_fourth(transport: Transport) -> None:
    tried = []

    def fail(works: Sequence[Work]) -> list[Item]:
        tried.append(works[0])
        raise RuntimeError("a worker breaks")

    publish(transport, 7)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            make_loop(transport, Stage("detector", (FRAMES,), DETECTORS, fail, lambda _run: FACES)).step()
    make_loop(transport, Stage("detector", (FRAMES,), DETECTORS, fail, lambda _run: FACES)).step()

    (item,) = results(transport)
    assert len(tried) == 3
    assert isinstance(item, ChunkFailed)
    assert "3 times" in item.reason
    assert [sample.index for sample in item.samples] == [112, 113]


def test_dead_workers_message_is_taken_over(transport: Transport) -> None:
    publish(transport, 0)
    transport.receive(Subscription((FRAMES,), DETECTORS, "dead"), 1, 0)

    make_loop(transport).step()

    assert [type(item) for item in results(transport)] == [FaceChunk]


def test_stop_finishes_the_batch_and_leaves(transport: Transport) -> None:
    stop = threading.Event()

    def stop_while_working(works: Sequence[Work]) -> list[Item]:
        stop.set()
        return FakeDetector().handle(works)

    for number in range(8):
        publish(transport, number)
    stage = Stage("detector", (FRAMES,), DETECTORS, stop_while_working, lambda _run: FACES)

    make_loop(transport, stage, stop).run()

    assert len(results(transport)) == QUICK.batch
    assert transport.stream_state(FRAMES, DETECTORS).pending == 0
