"""Taking over from the dead: soon what cameras told, later what can wait, and never from the living."""

from __future__ import annotations

import threading

import pytest

from pipeline.schemas import RunKey
from tests.builders_workers import OPTIONS, FakeDetector, make_frame_chunk
from workers.messages import Work, pack
from workers.stages.claiming import Claim
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.wire.memory import MemoryTransport
from workers.wire.transport import DETECTORS, FACES, FRAMES, FRAMES_LIVE, Subscription

DEAD = Subscription((FRAMES_LIVE, FRAMES), DETECTORS, "dead")


class Clock:
    """Seconds, moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport(clock: Clock) -> MemoryTransport:
    """A live chunk and one of footage in dead hands."""
    made = MemoryTransport(clock)
    for stream, run in ((FRAMES_LIVE, RunKey("door", "r_live")), (FRAMES, RunKey("f_source", "r_file"))):
        made.publish(stream, pack(Work(make_frame_chunk(0, run=run), OPTIONS)))
    made.receive(DEAD, 1, 0)
    return made


def make_claim(transport: MemoryTransport, clock: Clock, *streams: str, idle_s: float = 2.0) -> Claim:
    return Claim(transport, Subscription(streams, DETECTORS, "living"), idle_s, 4, clock)


def test_nothing_is_taken_before_its_time(transport: MemoryTransport, clock: Clock) -> None:
    claim = make_claim(transport, clock, FRAMES_LIVE)

    early = claim.take()
    clock.now += 2.0

    assert (len(early), len(claim.take())) == (0, 1)


def test_there_is_another_look_only_after_half_the_time(transport: MemoryTransport, clock: Clock) -> None:
    clock.now += 1.5
    claim = make_claim(transport, clock, FRAMES_LIVE)
    claim.take()

    clock.now += 0.9
    too_soon = claim.take()
    clock.now += 0.1

    assert (len(too_soon), len(claim.take())) == (0, 1)


def test_no_streams_are_not_asked_for(transport: MemoryTransport, clock: Clock) -> None:
    assert make_claim(transport, clock, idle_s=0).take() == []


def test_live_chunk_of_a_dead_worker_is_done_while_footage_still_waits(
    transport: MemoryTransport, clock: Clock
) -> None:
    stage = Stage("detector", (FRAMES_LIVE, FRAMES), DETECTORS, FakeDetector().handle, lambda _: FACES, (FRAMES_LIVE,))
    options = LoopOptions(wait_s=0, min_idle_s=60, live_idle_s=2)
    clock.now += 2

    StageLoop(stage, transport, "living", threading.Event(), options).step()

    assert transport.stream_state(FRAMES_LIVE, DETECTORS).length == 0
    assert transport.stream_state(FRAMES, DETECTORS).pending == 1
