"""Gathering: live chunks wait for company until the batch is full or the deadline has come; footage never does."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from pipeline.schemas import RunKey
from tests.builders import RUN
from tests.builders_workers import OPTIONS, FakeDetector, make_frame_chunk
from workers.messages import Item, Work, pack
from workers.stages.gathering import Gathering
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.wire.memory import MemoryTransport
from workers.wire.transport import FRAMES, Subscription

LIVE = "frames:live"


@pytest.mark.parametrize(
    ("n_chunks", "waited_s", "expected"),
    [(0, 0.0, 0.0), (1, 0.0, 0.5), (1, 0.2, 0.3), (3, 0.4, 0.1), (4, 0.0, 0.0), (9, 0.0, 0.0), (1, 0.6, 0.0)],
)
def test_a_batch_is_full_or_its_first_chunk_has_waited_enough(n_chunks: int, waited_s: float, expected: float) -> None:
    assert Gathering(most=4, deadline_s=0.5).patience_s(n_chunks, waited_s) == pytest.approx(expected)


class Latecomer(MemoryTransport):
    """After the first chunk is taken from the live stream, publishes another one before the next look."""

    late: Sequence[int] = ()

    def receive(self, subscription: Subscription, count: int, wait_s: float):
        taken = super().receive(subscription, count, wait_s)
        late, self.late = self.late, ()
        for number in late:
            self.publish(LIVE, pack(Work(make_frame_chunk(number, run=RUN), OPTIONS)))
        return taken


def batches_of(
    transport: MemoryTransport, stream: str, gathering: Gathering, late: tuple[int, ...] = (1, 2)
) -> list[int]:
    """Sizes of the batches that a stage was given in one step, with a first chunk on `stream`."""
    sizes: list[int] = []

    def handle(works: Sequence[Work]) -> list[Item]:
        sizes.append(len(works))
        return FakeDetector().handle(works)

    def route(_run: RunKey) -> str:
        return "next"

    stage = Stage("encoder", (FRAMES, LIVE), "group", handle, route, live_inputs=(LIVE,))
    options = LoopOptions(batch=1, wait_s=0.01, min_idle_s=0, gathering=gathering)
    loop = StageLoop(stage, transport, "one", threading.Event(), options)
    transport.receive(Subscription((FRAMES, LIVE), "group", "nobody"), 1, 0)
    transport.publish(stream, pack(Work(make_frame_chunk(0, run=RUN), OPTIONS)))
    transport.late = late
    loop.step()
    return sizes


def test_live_chunks_wait_for_company_until_the_batch_is_full() -> None:
    assert batches_of(Latecomer(), LIVE, Gathering(most=3, deadline_s=60)) == [3]


def test_a_deadline_that_has_come_ends_the_waiting() -> None:
    assert batches_of(Latecomer(), LIVE, Gathering(most=9, deadline_s=0)) == [1]


def test_footage_does_not_wait() -> None:
    assert batches_of(Latecomer(), FRAMES, Gathering(most=3, deadline_s=60), late=()) == [1]


def test_cameras_come_before_the_footage_that_was_there_first() -> None:
    assert batches_of(Latecomer(), FRAMES, Gathering(most=2, deadline_s=60)) == [2, 1]
