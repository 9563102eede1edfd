"""Events reach the log once they are true, in order; what a crash left is told by whoever comes next."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.gallery.people import People
from pipeline.control.work.runs import Runs
from pipeline.errors import TransportLost
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.telling import Tellings
from pipeline.schemas import RunEnded
from pipeline.sightings.recording.recorded_fold import RecordedFold
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN, make_face, make_face_chunk, make_sample, make_vector
from tests.builders_events import said, unbalanced
from tests.builders_metrics import HeardMetrics
from tests.builders_recording import World, make_reference, open_world
from tests.builders_workers import OPTIONS
from workers.messages import Item, Work, pack
from workers.recording.aggregator import Aggregator, AggregatorOptions
from workers.recording.telling import LogTeller
from workers.wire.event_log import EVENTS, FIRST, LOG_ENTRIES, EventLog, MemoryEventLog
from workers.wire.memory import MemoryTransport
from workers.wire.transport import AGGREGATORS, Subscription, Transport, matches_stream


class AbsentLog(MemoryEventLog):
    """A log on a server that is away once, at the first event."""

    def __init__(self) -> None:
        super().__init__()
        self._was_away = False

    def append(self, log: str, data: bytes, *, keep: int = LOG_ENTRIES) -> str:
        if not self._was_away:
            self._was_away = True
            raise TransportLost("away")
        return super().append(log, data, keep=keep)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A live run, with Ada enrolled; nobody owns its camera."""
    world = open_world(tmp_path, kind=SourceKind.LIVE)
    People(world.control).enrol("Ada", [make_reference(0)])
    yield world
    world.control.close()


@pytest.fixture
def transport() -> Transport:
    return MemoryTransport()


def live_run() -> list[Item]:
    chunks = [
        make_face_chunk(n, samples=[make_sample(n)], faces=[make_face(sample_index=n, embedding=make_vector(0))])
        for n in range(4)
    ]
    return [*chunks, RunEnded(RUN, 4)]


def publish(transport: Transport, items: list[Item]) -> None:
    stream = matches_stream(RUN.source_id)
    transport.receive(Subscription((stream,), AGGREGATORS, "nobody"), 1, 0)
    for item in items:
        transport.publish(stream, pack(Work(item, OPTIONS)))


def make_aggregator(
    world: World, transport: Transport, log: EventLog, stop: threading.Event | None = None
) -> Aggregator:
    teller = LogTeller(world.control, log, patience_s=0)
    options = AggregatorOptions(look_s=0, wait_s=0.01, show_s=0, teller=teller)
    return Aggregator(world.control, world.recorder, transport, stop or threading.Event(), options)


def told(log: EventLog) -> list[SightingEvent]:
    return [decode_event(entry.data) for entry in log.read(EVENTS, FIRST, 100, 0)]


def commit_untold(world: World) -> None:
    """What an aggregator leaves that is killed between its commit and the telling."""
    telling = Tellings(world.control).of(world.record)
    fold = RecordedFold(world.record, world.lease, world.recorder, Runs(world.control), telling)
    fold.record([item for item in live_run() if not isinstance(item, RunEnded)])


def test_events_are_counted_with_how_late_they_are(world: World, transport: Transport) -> None:
    heard = HeardMetrics()
    commit_untold(world)

    LogTeller(world.control, MemoryEventLog(), 0, heard).tend()

    assert +heard.counts == {f"facetrail_events_total {RUN.source_id} new": 1}
    assert len(heard.times["facetrail_event_seconds"]) == 1


def test_camera_without_faces_tells_nothing(world: World, transport: Transport) -> None:
    log = MemoryEventLog()
    publish(transport, [make_face_chunk(0, samples=[make_sample(0)]), RunEnded(RUN, 1)])

    make_aggregator(world, transport, log).step()

    assert told(log) == []


def test_life_of_a_sighting_reaches_the_log(world: World, transport: Transport) -> None:
    log = MemoryEventLog()
    publish(transport, live_run())
    aggregator = make_aggregator(world, transport, log)

    for _ in range(3):
        aggregator.step()

    assert [kind for kind, _, _ in said(told(log))] == ["new", "end"]
    assert unbalanced(told(log)) == []


@pytest.mark.slow
def test_events_wait_for_a_server_that_is_away(world: World, transport: Transport) -> None:
    log, stop = AbsentLog(), threading.Event()
    publish(transport, live_run())
    running = threading.Thread(target=make_aggregator(world, transport, log, stop).run)
    running.start()

    (first,) = log.read(EVENTS, FIRST, 1, wait_s=10)
    log.read(EVENTS, first.entry_id, 1, wait_s=10)
    stop.set()
    running.join()

    assert [kind for kind, _, _ in said(told(log))] == ["new", "end"]


def test_what_a_crash_left_untold_is_told_and_goes_on(world: World, transport: Transport) -> None:
    log = MemoryEventLog()
    commit_untold(world)
    publish(transport, live_run())
    aggregator = make_aggregator(world, transport, log)

    for _ in range(3):
        aggregator.step()

    assert [kind for kind, _, _ in said(told(log))] == ["new", "end"]


def test_sightings_of_a_cancelled_run_end(world: World, transport: Transport) -> None:
    log = MemoryEventLog()
    commit_untold(world)
    Runs(world.control).cancel(RUN.run_id)

    make_aggregator(world, transport, log).step()

    assert unbalanced(told(log)) == []
    assert len(told(log)) == 2
