"""The keeper: what is held is not claimed, what is finished is not touched."""

from __future__ import annotations

from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Work, pack
from workers.stages.keeper import Keeper
from workers.wire.memory import MemoryTransport
from workers.wire.transport import DETECTORS, FRAMES, Subscription

READER = Subscription((FRAMES,), DETECTORS, "one")
OTHER = Subscription((FRAMES,), DETECTORS, "two")


def test_only_what_is_held_is_kept() -> None:
    now = [0.0]
    transport = MemoryTransport(clock=lambda: now[0])
    transport.publish(FRAMES, pack(Work(make_frame_chunk(), OPTIONS)))
    keeper = Keeper(transport, READER)
    taken = transport.receive(READER, 1, 0)

    with keeper.holding(taken):
        now[0] = 10.0
        keeper.touch()
        while_held = transport.claim_idle(OTHER, 5.0, 1)
    now[0] = 20.0
    keeper.touch()

    assert while_held == []
    assert len(transport.claim_idle(OTHER, 5.0, 1)) == 1
