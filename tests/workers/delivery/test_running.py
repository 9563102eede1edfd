"""Delivery as a whole: a real log, a real queue and real addresses, with faults thrown in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import msgspec
import pytest

from pipeline.config import load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.live.deliveries import Deliveries
from pipeline.control.work.leases import Leases
from pipeline.errors import LeaseLost, SettingsError
from pipeline.events.delivery.policy import DeliveryPolicy
from pipeline.events.delivery.settings import DeliverySettings, WatchSettings
from pipeline.events.events import SightingEvent, encode_event
from pipeline.events.watch.alerts import AlertEvent
from tests.builders_delivery import make_event
from tests.workers.delivery.conftest import HANG, Receiver, start_receiver, stop_receiver
from workers.delivery.courier import utc_now
from workers.delivery.running import LEASE, Delivery, Served, deliver_events, serve
from workers.event_streams import RedisEventLog
from workers.wire.event_log import ALERTS, EVENTS, FIRST, EventLog

pytestmark = pytest.mark.slow

QUICK = DeliveryPolicy(attempts=3, give_up_after_s=60, first_wait_s=0.01, most_wait_s=0.02)
LEASE_S = 0.3


@pytest.fixture
def log(redis_url: str) -> Iterator[RedisEventLog]:
    made = RedisEventLog(redis_url)
    yield made
    made.close()


def tell(log: EventLog, *events: SightingEvent) -> None:
    for event in events:
        log.append(EVENTS, encode_event(event))


def ids_at(receiver: Receiver) -> list[str]:
    return [json.loads(request.body)["event_id"] for request in list(receiver.requests)]


@contextmanager
def delivering(
    control: Control, log: EventLog, watch: dict[str, WatchSettings] | None = None, **urls: str
) -> Iterator[threading.Thread]:
    """Deliver to these addresses in a thread while the block lasts."""
    webhooks = {name: {"url": url, "timeout_s": 0.5} for name, url in urls.items()}
    settings = load_settings(data=control.data_dir, webhooks=webhooks, watch=watch or {})
    served = [replace(each, policy=QUICK) for each in serve(settings, {}, log)]
    delivery = Delivery(control, log, settings.delivery(), served, UTC)
    stop = threading.Event()
    thread = threading.Thread(target=delivery.run, args=(stop, LEASE_S))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def test_events_reach_an_address_that_failed_at_first_in_their_order(
    control: Control, log: RedisEventLog, receiver: Receiver
) -> None:
    receiver.statuses.extend([500, 503])

    with delivering(control, log, office=receiver.url):
        tell(log, make_event(), make_event("update", 1), make_event("end", 2))
        assert receiver.wait_for(lambda: len(receiver.requests) == 5)

    assert ids_at(receiver) == ["s_1_new_0"] * 3 + ["s_1_update_1", "s_1_end_2"]


def test_address_that_hangs_keeps_no_other_waiting(control: Control, log: RedisEventLog, receiver: Receiver) -> None:
    stuck, server = start_receiver()
    stuck.statuses.extend([HANG] * 100)

    with delivering(control, log, office=receiver.url, stuck=stuck.url):
        tell(log, *(make_event(second=second, sighting=f"s_{second}") for second in range(20)))
        assert receiver.wait_for(lambda: len(receiver.requests) == 20)
        assert len(stuck.requests) <= 3

    stop_receiver(stuck, server)
    assert len(set(ids_at(receiver))) == 20


def test_event_is_not_delivered_again_after_a_restart(control: Control, log: RedisEventLog, receiver: Receiver) -> None:
    with delivering(control, log, office=receiver.url):
        tell(log, make_event())
        assert receiver.wait_for(lambda: len(receiver.requests) == 1)

    with delivering(control, log, office=receiver.url):
        tell(log, make_event(), make_event("end", 1))  # the first is told again
        assert receiver.wait_for(lambda: len(receiver.requests) >= 2)

    assert ids_at(receiver) == ["s_1_new_0", "s_1_end_1"]


def test_what_waited_when_the_server_was_lost_is_delivered(
    control: Control, log: RedisEventLog, receiver: Receiver, redis_url: str
) -> None:
    receiver.statuses.extend([503] * 2)
    with delivering(control, log, office="http://127.0.0.1:1/"):
        tell(log, make_event())
        queue, pause = Deliveries(control), threading.Event()
        while queue.head("office") is None:
            pause.wait(0.01)
    log._redis.flushall()

    with delivering(control, log, office=receiver.url):
        assert receiver.wait_for(lambda: len(receiver.requests) == 3)


def test_dead_letter_that_is_retried_arrives(control: Control, log: RedisEventLog, receiver: Receiver) -> None:
    receiver.statuses.append(410)
    queue = Deliveries(control)

    with delivering(control, log, office=receiver.url):
        tell(log, make_event(), make_event("end", 1))
        assert receiver.wait_for(lambda: len(receiver.requests) == 2)
        (letter,) = queue.dead()
        queue.retry([letter.seq], utc_now())
        assert receiver.wait_for(lambda: len(receiver.requests) == 3)

    assert ids_at(receiver) == ["s_1_new_0", "s_1_end_1", "s_1_new_0"]


def test_alert_reaches_address_and_log(control: Control, log: RedisEventLog, receiver: Receiver) -> None:
    with delivering(control, log, watch={"strangers": WatchSettings(any_unknown=True)}, office=receiver.url):
        tell(log, make_event(), make_event("end", 1))
        assert receiver.wait_for(lambda: len(receiver.requests) == 4)
        entries = log.read(ALERTS, FIRST, 1, wait_s=20)
        entries += log.read(ALERTS, entries[0].entry_id, 1, wait_s=20)

    bodies = [json.loads(request.body) for request in receiver.requests]
    assert [body["type"].partition(".")[2] for body in bodies] == ["sighting", "alert", "sighting", "alert"]
    alerts = [msgspec.json.decode(entry.data, type=AlertEvent) for entry in entries]
    assert [alert.phase for alert in alerts] == ["start", "end"]


def test_second_process_stands_by_until_the_first_has_ended(
    control: Control, log: RedisEventLog, receiver: Receiver, tmp_path: Path
) -> None:
    other = open_control(tmp_path)

    with delivering(other, log, office=receiver.url) as second:
        with delivering(control, log, office=receiver.url):
            tell(log, make_event())
            assert receiver.wait_for(lambda: len(receiver.requests) >= 1)
        tell(log, make_event("end", 1))
        assert receiver.wait_for(lambda: len(receiver.requests) >= 2)
        assert second.is_alive()

    other.close()
    assert ids_at(receiver) == ["s_1_new_0", "s_1_end_1"]


def test_process_that_lost_its_lease_stops(control: Control, log: RedisEventLog) -> None:
    delivery = Delivery(control, log, DeliverySettings(), list[Served](), UTC)
    leases, pause = Leases(control), threading.Event()

    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(delivery.run, threading.Event(), LEASE_S)
        while leases.acquire(LEASE, "probe", utc_now(), ttl_s=0) is not None:
            pause.wait(0.01)
        leases.acquire(LEASE, "thief", utc_now() + timedelta(hours=1), ttl_s=3600)

        with pytest.raises(LeaseLost):
            ended.result(timeout=20)


def test_wrong_target_stops_the_start(tmp_path: Path, redis_url: str) -> None:
    settings = load_settings(data=tmp_path, webhooks={"office": {"url": "file:///etc/passwd"}})

    with pytest.raises(SettingsError, match=r"webhooks\.office"):
        deliver_events(settings, redis_url, threading.Event())
