"""Figures that are looked up: as the server, the database and the disk have them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import TransportLost
from tests.builders_recording import World
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Work, pack
from workers.metrics.files import Level
from workers.metrics.state import SystemState, process_levels
from workers.stack.children import ChildHealth, ChildState
from workers.wire.memory import MemoryTransport
from workers.wire.transport import DETECTORS, FRAMES, StreamState, Subscription


class AwayTransport(MemoryTransport):
    """A server that is away."""

    def forwarded(self) -> Mapping[str, int]:
        raise TransportLost("Redis: away")

    def stream_state(self, stream: str, group: str) -> StreamState:
        raise TransportLost("Redis: away")


def values(levels: list[Level]) -> dict[str, float]:
    """Name, with its label if there is one -> value."""
    return {" ".join([level.figure.name, *level.labels.values()]): level.value for level in levels}


def test_idle_folder_has_its_levels(world: World) -> None:
    seen = values(SystemState(world.control, MemoryTransport()).read())

    assert (seen["facetrail_server_up"], seen["facetrail_database_up"]) == (1, 1)
    assert (seen["facetrail_jobs queued"], seen["facetrail_jobs done"]) == (1, 0)
    assert seen["facetrail_stream_waiting frames"] == 0
    assert seen["facetrail_database_bytes"] > 0


def test_messages_are_counted_where_they_are(world: World) -> None:
    transport = MemoryTransport()
    reader = Subscription((FRAMES,), DETECTORS, "worker-1")
    transport.receive(reader, 1, 0)
    envelopes = [pack(Work(make_frame_chunk(number), OPTIONS)) for number in range(3)]
    for envelope in envelopes:
        transport.publish(FRAMES, envelope)
    transport.receive(reader, 1, 0)

    seen = values(SystemState(world.control, transport).read())

    assert (seen["facetrail_stream_waiting frames"], seen["facetrail_stream_in_hand frames"]) == (2, 1)
    assert seen["facetrail_stream_waiting matches"] == 0
    assert seen["facetrail_in_flight_chunks"] == 3
    assert seen["facetrail_in_flight_bytes"] == sum(envelope.n_bytes for envelope in envelopes)


def test_server_that_is_away_is_said_to_be(world: World) -> None:
    seen = values(SystemState(world.control, AwayTransport()).read())

    assert seen["facetrail_server_up"] == 0
    assert seen["facetrail_database_up"] == 1
    assert "facetrail_stream_waiting frames" not in seen


def test_database_that_is_away_does_not_hide_the_server(world: World) -> None:
    with world.control.writing() as transaction:
        transaction.connection.exec_driver_sql("ALTER TABLE runs RENAME TO elsewhere")

    seen = values(SystemState(world.control, MemoryTransport()).read())

    assert (seen["facetrail_server_up"], seen["facetrail_database_up"]) == (1, 0)


def test_processes_are_shown_with_their_restarts() -> None:
    children = [
        ChildHealth("aggregator", ChildState.RUNNING, 7, 0, None),
        ChildHealth("detector-1", ChildState.WAITING, None, 3, None),
    ]

    assert values(process_levels(children)) == {
        "facetrail_process_up aggregator": 1,
        "facetrail_process_restarts_total aggregator": 0,
        "facetrail_process_up detector-1": 0,
        "facetrail_process_restarts_total detector-1": 3,
    }
