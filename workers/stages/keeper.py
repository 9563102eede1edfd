"""Tells the server that the messages in hand are being worked on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from workers.wire.transport import Delivery, Subscription, Transport

MOST_S = 600.0
"""A handler that takes longer than this for its messages hangs: they are left to others."""


class Keeper:
    """Keeps the messages given to `holding` from being claimed, at every `touch`."""

    def __init__(self, transport: Transport, subscription: Subscription) -> None:
        self._transport = transport
        self._subscription = subscription
        self._held: tuple[Delivery, ...] = ()
        self._held_since = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def holding(self, deliveries: Sequence[Delivery]) -> Iterator[None]:
        """Let `touch` speak for `deliveries` while the block lasts."""
        self._hold(tuple(deliveries))
        try:
            yield
        finally:
            self._hold(())

    def touch(self) -> None:
        """Say that what is held is being worked on; may be called from another thread. Raises `TransportLost`."""
        with self._lock:  # also while speaking: what is finished must not be touched any more
            if self._held and time.monotonic() - self._held_since < MOST_S:
                self._transport.keep(self._subscription, self._held)

    def _hold(self, deliveries: tuple[Delivery, ...]) -> None:
        with self._lock:
            self._held, self._held_since = deliveries, time.monotonic()
