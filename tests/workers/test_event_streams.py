"""What every log of events promises, in memory and on a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipeline.errors import TransportLost
from workers.event_streams import RedisEventLog
from workers.wire.event_log import EVENTS, FIRST, EventLog, MemoryEventLog, place_of


@pytest.fixture(params=["memory", "redis"])
def log(request: pytest.FixtureRequest) -> Iterator[EventLog]:
    """Each kind of log in turn: what holds for one holds for the other."""
    made = MemoryEventLog() if request.param == "memory" else RedisEventLog(request.getfixturevalue("redis_url"))
    yield made
    made.close()


def test_empty_log_has_nothing(log: EventLog) -> None:
    assert log.read(EVENTS, FIRST, 10, wait_s=0) == []
    assert log.last_id(EVENTS) == FIRST


def test_every_reader_finds_all_entries_in_their_order(log: EventLog) -> None:
    ids = [log.append(EVENTS, data) for data in (b"one", b"two\x00", b"three")]

    for _ in range(2):
        entries = log.read(EVENTS, FIRST, 10, wait_s=0)
        assert [(entry.entry_id, entry.data) for entry in entries] == list(
            zip(ids, (b"one", b"two\x00", b"three"), strict=True)
        )
    assert log.last_id(EVENTS) == ids[-1]
    assert sorted(ids, key=place_of) == ids


def test_latest_entries_come_in_their_order(log: EventLog) -> None:
    assert log.latest(EVENTS, 2) == []
    for data in (b"one", b"two", b"three"):
        log.append(EVENTS, data)

    assert [entry.data for entry in log.latest(EVENTS, 2)] == [b"two", b"three"]


def test_reader_goes_on_after_the_entry_that_it_names(log: EventLog) -> None:
    ids = [log.append(EVENTS, str(number).encode()) for number in range(4)]

    entries = log.read(EVENTS, ids[1], 1, wait_s=0)

    assert [entry.data for entry in entries] == [b"2"]


def test_waiting_reader_is_woken_by_an_entry(log: EventLog) -> None:
    writer = threading.Thread(target=log.append, args=(EVENTS, b"late"))
    writer.start()

    entries = log.read(EVENTS, FIRST, 10, wait_s=20)

    writer.join()
    assert [entry.data for entry in entries] == [b"late"]


def test_log_lets_go_of_the_oldest(log: EventLog) -> None:
    for number in range(1000):
        last = log.append(EVENTS, str(number).encode(), keep=100)

    entries = log.read(EVENTS, FIRST, 1000, wait_s=0)

    assert 100 <= len(entries) < 300
    assert entries[-1].entry_id == last


def test_lost_server_is_told_apart_from_an_empty_log() -> None:
    log = RedisEventLog("unix:///tmp/facetrail-no-such-socket")

    with pytest.raises(TransportLost):
        log.read(EVENTS, FIRST, 1, wait_s=0)
