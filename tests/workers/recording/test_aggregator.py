"""The aggregator: owns the sources of active runs, records what comes for them, and drops what nobody wants."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from pipeline.control.database import Control
from pipeline.control.work.leases import Leases
from pipeline.control.work.run_records import RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import Sources
from pipeline.schemas import RunEnded, RunKey
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Recorder
from tests.builders import RUN, make_face_chunk, make_policy, make_sample
from tests.builders_recording import ENCODER, make_new_source, submit
from tests.builders_workers import OPTIONS
from workers.messages import Item, Work, pack
from workers.recording.aggregator import Aggregator, AggregatorOptions
from workers.wire.memory import MemoryTransport
from workers.wire.transport import AGGREGATORS, Subscription, Transport, matches_stream

OWN_STREAM = matches_stream(RUN.source_id)
AT_ONCE = AggregatorOptions(look_s=0, wait_s=0.01, show_s=0)


@pytest.fixture
def control(control: Control) -> Control:
    """With one run in it, queued."""
    control.encoder(ENCODER)
    Sources(control).upsert(make_new_source())
    submit(control, RUN)
    return control


def make_aggregator(control: Control, transport: Transport, stop: threading.Event | None = None) -> Aggregator:
    recorder = Recorder(control, Store(control.data_dir), policy_of=lambda _record: make_policy())
    return Aggregator(control, recorder, transport, stop or threading.Event(), AT_ONCE)


def publish(transport: Transport, *items: Item) -> None:
    transport.receive(Subscription((OWN_STREAM,), AGGREGATORS, "nobody"), 1, 0)
    for item in items:
        transport.publish(OWN_STREAM, pack(Work(item, OPTIONS)))


def whole_run(run: RunKey = RUN) -> list[Item]:
    chunks = [make_face_chunk(number, samples=[make_sample(16 * number)], run=run) for number in range(3)]
    return [*chunks, RunEnded(run, 3)]


def test_nothing_to_own_is_no_work(control: Control) -> None:
    Runs(control).cancel(RUN.run_id)

    make_aggregator(control, MemoryTransport()).step()

    assert Leases(control).acquire(RUN.source_id, "another", datetime.now(UTC), 9) is not None


def test_run_is_recorded_and_nothing_stays_on_its_way(control: Control, transport: Transport) -> None:
    publish(transport, *reversed(whole_run()))
    aggregator = make_aggregator(control, transport)

    for _ in range(3):
        aggregator.step()

    record = Runs(control).get(RUN.run_id)
    assert (record.state, record.next_chunk) == (RunState.DONE, 3)
    assert transport.in_flight(RUN.run_id) == {}
    assert transport.stream_state(OWN_STREAM, AGGREGATORS).length == 0


def test_dead_owners_messages_are_taken_over(control: Control, transport: Transport) -> None:
    publish(transport, *whole_run())
    transport.receive(Subscription((OWN_STREAM,), AGGREGATORS, "dead"), 9, 0)

    make_aggregator(control, transport).step()

    assert Runs(control).get(RUN.run_id).state is RunState.DONE


def test_source_of_another_owner_is_left_alone(control: Control, transport: Transport) -> None:
    Leases(control).acquire(RUN.source_id, "another", datetime.now(UTC), 60)
    publish(transport, *whole_run())

    make_aggregator(control, transport).step()

    assert Runs(control).get(RUN.run_id).next_chunk == 0
    assert transport.stream_state(OWN_STREAM, AGGREGATORS).pending == 0


def test_messages_of_a_run_nobody_wants_are_dropped(control: Control, transport: Transport) -> None:
    unknown = RunKey(RUN.source_id, "r_unknown")
    publish(transport, *whole_run(unknown))
    aggregator = make_aggregator(control, transport)

    for _ in range(3):
        aggregator.step()

    assert transport.in_flight(unknown.run_id) == {}
    assert transport.stream_state(OWN_STREAM, AGGREGATORS).length == 0


def test_cancelled_run_is_dropped_and_its_source_given_up(control: Control, transport: Transport) -> None:
    aggregator = make_aggregator(control, transport)
    publish(transport, *whole_run()[:2])
    for _ in range(3):
        aggregator.step()

    Runs(control).cancel(RUN.run_id)
    aggregator.step()

    assert Runs(control).get(RUN.run_id).next_chunk == 2
    assert Leases(control).acquire(RUN.source_id, "another", datetime.now(UTC), 9) is not None


def test_sources_are_given_up_at_the_end(control: Control) -> None:
    stop = threading.Event()
    aggregator = make_aggregator(control, MemoryTransport(), stop)
    aggregator.step()
    assert Leases(control).acquire(RUN.source_id, "another", datetime.now(UTC), 9) is None

    stop.set()
    aggregator.run()

    assert Leases(control).acquire(RUN.source_id, "another", datetime.now(UTC), 9) is not None
