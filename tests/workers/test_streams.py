"""Redis itself: lost servers, strange entries and wrong addresses."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from pipeline.errors import SettingsError, TransportLost
from tests.builders import RUN
from tests.builders_workers import OPTIONS, FakeDetector, make_frame_chunk
from workers.messages import Work, pack
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.streams import RedisTransport, connect
from workers.wire.entries import NO_SLOT
from workers.wire.transport import DETECTORS, FACES, FRAMES, Subscription

READER = Subscription((FRAMES,), DETECTORS, "one")


def test_missing_server_is_lost_transport(tmp_path: Path) -> None:
    with pytest.raises(TransportLost):
        RedisTransport(f"unix://{tmp_path}/none.sock").ping()


@pytest.mark.parametrize("url", ["http://host", "valkey+unix:///x", ""])
def test_wrong_address_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="redis_url"):
        RedisTransport(url)


def test_database_that_the_server_lacks_is_named(redis_url: str) -> None:
    with pytest.raises(SettingsError, match=r"redis_url: .*out of range"):
        RedisTransport(f"{redis_url}?db=9999").ping()


def test_server_that_speaks_something_else_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_answer_as_a_web_server, args=(server,))
        answering.start()

        with pytest.raises(SettingsError, match=r"redis_url: .*speak Redis"):
            RedisTransport(f"redis://127.0.0.1:{server.getsockname()[1]}").ping()

        answering.join()


def _answer_as_a_web_server(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("unix:///tmp/x.sock", True),
        ("redis://localhost:6379/0", True),
        ("redis://:word@127.0.0.1:6379", True),
        ("redis://[::1]:6379", True),
        ("redis://h:1", False),
        ("rediss://10.0.0.7:6379", False),
    ],
)
def test_pictures_are_compressed_for_a_network_only(url: str, *, is_local: bool) -> None:
    assert RedisTransport(url).is_local is is_local


def test_forgotten_streams_are_made_anew(redis_url: str, redis_transport: RedisTransport) -> None:
    redis_transport.receive(READER, 1, 0)
    connect(redis_url).flushall()

    redis_transport.publish(FRAMES, pack(Work(make_frame_chunk(), OPTIONS)))
    received = [*redis_transport.receive(READER, 1, 0), *redis_transport.receive(READER, 1, 0)]

    assert len(received) == 1


def test_entry_of_a_stranger_is_buried_and_gone(redis_url: str, redis_transport: RedisTransport) -> None:
    redis_transport.receive(READER, 1, 0)
    connect(redis_url).xadd(FRAMES, {"greeting": "hello", "9": "out of place"})
    stage = Stage("detector", (FRAMES,), DETECTORS, FakeDetector().handle, lambda _run: FACES)

    StageLoop(stage, redis_transport, "one", threading.Event(), LoopOptions(wait_s=0.01)).step()

    assert [note.slot for note in redis_transport.buried(9)] == [NO_SLOT]
    assert redis_transport.stream_state(FRAMES, DETECTORS).length == 0


def test_state_of_a_stream_does_not_move_its_pictures(redis_transport: RedisTransport) -> None:
    redis_transport.receive(READER, 1, 0)
    redis_transport.publish(FRAMES, pack(Work(make_frame_chunk(size_wh=(1280, 720)), OPTIONS)))

    state = redis_transport.stream_state(FRAMES, DETECTORS)

    assert (state.length, state.pending) == (1, 0)
    assert redis_transport.in_flight(RUN.run_id)[0] > 2_000_000
