"""The status: what waits, what is on its way, what was buried."""

from __future__ import annotations

from pathlib import Path

from pipeline.control.run_records import RunRecord
from tests.builders import RUN
from tests.builders_recording import open_world
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Work, pack
from workers.status import FlightStatus, read_status
from workers.wire.transport import DETECTORS, FRAMES, Burial, Subscription, Transport


def make_record(tmp_path: Path) -> RunRecord:
    return open_world(tmp_path).record


def test_idle_stack_has_nothing_to_show(transport: Transport) -> None:
    status = read_status(transport, [])

    assert [stream.length for stream in status.streams] == [0, 0]
    assert (status.flights, status.buried, status.workers) == ((), (), ())


def test_work_is_seen_where_it_is(transport: Transport, tmp_path: Path) -> None:
    reader = Subscription((FRAMES,), DETECTORS, "worker-1")
    transport.receive(reader, 1, 0)
    envelopes = [pack(Work(make_frame_chunk(number), OPTIONS)) for number in range(3)]
    for envelope in envelopes:
        transport.publish(FRAMES, envelope)
    transport.settle(DETECTORS, transport.receive(reader, 1, 0), Burial("detector", "bad", 1))
    transport.receive(reader, 1, 0)

    status = read_status(transport, [make_record(tmp_path)])

    assert (status.streams[0].length, status.streams[0].pending) == (2, 1)
    assert status.flights == (FlightStatus(RUN.run_id, 2, sum(envelope.n_bytes for envelope in envelopes[1:])),)
    assert [note.burial.reason for note in status.buried] == ["bad"]
    assert status.workers == ("worker-1",)
    assert len(status.streams) == 3
