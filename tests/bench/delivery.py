"""Delivery: from the log of events to a webhook on this host, one by one and when many wait."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline.config import load_settings
from pipeline.events.events import encode_event
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.builders_delivery import make_event
from tests.workers.conftest import wait_for_server
from tests.workers.delivery.conftest import Receiver, start_receiver, stop_receiver
from workers.delivery.running import deliver_events
from workers.event_streams import RedisEventLog
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.wire.event_log import EVENTS

PICTURE = b"\xff" * 9000
"""As large as a loose crop usually is."""
N_SINGLE = 200
N_WAITING = 1000


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Delays one by one, and the rate of a queue."""
    with TemporaryDirectory() as folder, _delivering(Path(folder)) as (log, receiver):
        _send(log, receiver, 0)  # the connection is made with the first
        delays = [_send(log, receiver, number) for number in range(1, N_SINGLE + 1)]
        seconds = _send_many(log, receiver)
    yield Measurement(
        what="from the log to a webhook",
        figure=1e3 * float(np.quantile(delays, 0.95)),
        unit="ms p95",
        detail=f"median {1e3 * float(np.median(delays)):.1f} ms, {N_SINGLE} events with a picture",
    )
    yield Measurement(
        what="deliveries of a queue to one webhook",
        figure=N_WAITING / seconds,
        unit="a second",
        detail=f"{N_WAITING} events with a picture, {seconds:.1f} s; the receiver is in this process",
    )


def _send(log: RedisEventLog, receiver: Receiver, number: int) -> float:
    before, begun = len(receiver.requests), time.perf_counter()
    log.append(EVENTS, encode_event(make_event(second=number, sighting=f"s_{number}", thumb_jpeg=PICTURE)))
    receiver.wait_for(lambda: len(receiver.requests) > before)
    return time.perf_counter() - begun


def _send_many(log: RedisEventLog, receiver: Receiver) -> float:
    before, begun = len(receiver.requests), time.perf_counter()
    for number in range(N_WAITING):
        log.append(EVENTS, encode_event(make_event(second=number, sighting=f"s_q{number}", thumb_jpeg=PICTURE)))
    receiver.wait_for(lambda: len(receiver.requests) >= before + N_WAITING, within_s=120)
    return time.perf_counter() - begun


@contextmanager
def _delivering(folder: Path) -> Iterator[tuple[RedisEventLog, Receiver]]:
    server = embedded_server(folder)
    process = subprocess.Popen(leashed(server.command))
    wait_for_server(server.url).close()
    receiver, http = start_receiver()
    settings = load_settings(data=folder, redis_url=server.url, webhooks={"bench": {"url": receiver.url}})
    stop = threading.Event()
    thread = threading.Thread(target=deliver_events, args=(settings, server.url, stop))
    thread.start()
    log = RedisEventLog(server.url)
    yield log, receiver
    stop.set()
    thread.join()
    log.close()
    stop_receiver(receiver, http)
    process.kill()
    process.wait()
