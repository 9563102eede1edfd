"""Tells the server, from a thread of its own, that the messages in hand are being worked on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from pipeline.errors import TransportLost
from workers.wire.transport import Delivery, Subscription, Transport

logger = logging.getLogger(__name__)

MOST_S = 600.0
"""A handler that takes longer than this for its messages hangs: they are left to others."""


class Keeper:
    """Touches the messages given to `holding` every `every_s` seconds; a context manager around its thread."""

    def __init__(self, transport: Transport, subscription: Subscription, every_s: float) -> None:
        self._transport = transport
        self._subscription = subscription
        self._every_s = every_s
        self._held: tuple[Delivery, ...] = ()
        self._held_since = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def holding(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        """Keep `deliveries` from being claimed by others while the block lasts."""
        self._hold(tuple(deliveries))
        try:
            yield
        finally:
            self._hold(())

    def _hold(self, deliveries: tuple[Delivery, ...]) -> None:
        with self._lock:
            self._held, self._held_since = deliveries, time.monotonic()

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self._touch()

    def _touch(self) -> None:
        with self._lock:  # also while touching: a message that is finished must not be touched any more
            if not self._held or time.monotonic() - self._held_since > MOST_S:
                return
            try:
                self._transport.keep(self._subscription, self._held)
            except TransportLost as error:
                logger.debug("messages in hand could not be kept: %s", error)
