"""The status: what waits, what is on its way, what was buried."""

from __future__ import annotations

from tests.builders import RUN
from tests.builders_recording import World
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Work, pack
from workers.status import FlightStatus, read_status
from workers.wire.transport import DETECTORS, FRAMES, Burial, Subscription, Transport


def test_idle_stack_has_nothing_to_show(transport: Transport) -> None:
    status = read_status(transport, [])

    assert [stream.length for stream in status.streams] == [0, 0]
    assert (status.flights, status.buried, status.workers) == ((), (), ())


def test_work_is_seen_where_it_is(transport: Transport, world: World) -> None:
    reader = Subscription((FRAMES,), DETECTORS, "worker-1")
    transport.receive(reader, 1, 0)
    envelopes = [pack(Work(make_frame_chunk(number), OPTIONS)) for number in range(3)]
    for envelope in envelopes:
        transport.publish(FRAMES, envelope)
    transport.settle(DETECTORS, transport.receive(reader, 1, 0), Burial("detector", "bad", 1))
    transport.receive(reader, 1, 0)

    status = read_status(transport, [world.record])

    assert (status.streams[0].length, status.streams[0].pending) == (2, 1)
    assert status.flights == (FlightStatus(RUN.run_id, 2, sum(envelope.n_bytes for envelope in envelopes[1:])),)
    assert [note.burial.reason for note in status.buried] == ["bad"]
    assert status.workers == ("worker-1",)
    assert len(status.streams) == 3
