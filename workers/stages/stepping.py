"""Doing a step again and again until told to stop; a server that is lost meanwhile is waited for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pipeline.errors import TransportLost
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.wire.transport import backoff_s

logger = logging.getLogger(__name__)


def step_until(
    stop: threading.Event,
    name: str,
    step: Callable[[], object],
    metrics: Metrics = UNCOUNTED,
    *,
    lost: Callable[[], None] = lambda: None,
) -> None:
    """Call `step` until `stop` is set; `name` is who does it, in logs and metrics.

    After a `TransportLost` `lost` is called, and then there is a pause, longer after each one in a row. Whatever else
    `step` raises passes.
    """
    failures = 0
    while not stop.is_set():
        try:
            step()
            failures = 0
        except TransportLost as error:
            failures += 1
            metrics.add(of.SERVER_LOSSES, stage=name)
            logger.warning("%s waits for the server: %s", name, error)
            lost()
            stop.wait(backoff_s(failures))
