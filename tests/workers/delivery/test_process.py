"""Delivery as a process of its own: started with the others, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.events.events import encode_event
from tests.builders_delivery import make_event
from tests.conftest import REPOSITORY
from tests.workers.delivery.conftest import Receiver
from workers.event_streams import RedisEventLog
from workers.stack.leash import leashed
from workers.stack.running import worker_environment, worker_specs
from workers.wire.event_log import EVENTS

N_EVENTS = 60


def ids_at(receiver: Receiver) -> list[str]:
    return [json.loads(request.body)["event_id"] for request in list(receiver.requests)]


@contextmanager
def delivering(data_dir: Path, redis_url: str, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m workers events` while the block lasts."""
    own = {
        "FACETRAIL_DATA": str(data_dir),
        "FACETRAIL_REDIS_URL": redis_url,
        "FACETRAIL_WEBHOOKS": json.dumps({"office": {"url": url}}),
        "FACETRAIL_LEASE_S": "1",
    }
    command = leashed((sys.executable, "-m", "workers", "events"))
    process = subprocess.Popen(command, env={**os.environ, **own}, cwd=REPOSITORY)
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(20)


@pytest.mark.slow
def test_killed_process_loses_nothing_and_repeats_one_event_at_most(
    tmp_path: Path, redis_url: str, receiver: Receiver
) -> None:
    log = RedisEventLog(redis_url)
    events = [make_event(second=second, sighting=f"s_{second}") for second in range(N_EVENTS)]
    for event in events:
        log.append(EVENTS, encode_event(event))

    for stop_at in (10, 25):
        with delivering(tmp_path, redis_url, receiver.url) as process:
            assert receiver.wait_for(lambda stop_at=stop_at: len(receiver.requests) >= stop_at)
            process.kill()
    with delivering(tmp_path, redis_url, receiver.url):
        assert receiver.wait_for(lambda: len(set(ids_at(receiver))) == N_EVENTS)

    log.close()
    arrived = ids_at(receiver)
    assert list(dict.fromkeys(arrived)) == [event.event_id for event in events]
    assert sum(count - 1 for count in Counter(arrived).values()) <= 2


def test_delivery_is_started_when_somebody_is_to_be_told(tmp_path: Path) -> None:
    silent = load_settings(data=tmp_path)
    telling = load_settings(data=tmp_path, webhooks={"office": {"url": "http://127.0.0.1"}})

    names = [[spec.name for spec in worker_specs(settings, {}, tmp_path)] for settings in (silent, telling)]

    assert "events" not in names[0]
    assert "events" in names[1]


def test_secrets_reach_the_workers_and_other_settings_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"FACETRAIL_WEBHOOK_OFFICE_SECRET": "s3cret", "FACETRAIL_MQTT_PASSWORD": "pass"}
    for name, value in {**secrets, "FACETRAIL_DEBUG": "1"}.items():
        monkeypatch.setenv(name, value)

    environment = worker_environment(load_settings(data=tmp_path), "unix:///x")

    assert secrets.items() <= environment.items()
    assert "FACETRAIL_DEBUG" not in environment
