"""What workers tell about themselves while they work: the protocol, and the one that listens to nothing."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from workers.metrics.catalogue import Figure


class Metrics(Protocol):
    """Takes figures in; safe to share between threads, and never raises."""

    def add(self, figure: Figure, amount: float = 1.0, **labels: str) -> None:
        """Count `amount` more; `labels` are exactly those of the figure."""

    def observe(self, figure: Figure, seconds: float, **labels: str) -> None:
        """Sort one duration into its bucket."""

    def beat(self, worker: str) -> None:
        """Say that `worker` goes on; one that falls silent hangs."""


class Uncounted:
    """Forgets everything: nobody asked for metrics."""

    def add(self, figure: Figure, amount: float = 1.0, **labels: str) -> None:
        """Nothing."""

    def observe(self, figure: Figure, seconds: float, **labels: str) -> None:
        """Nothing."""

    def beat(self, worker: str) -> None:
        """Nothing."""


UNCOUNTED = Uncounted()


class Beats:
    """When each worker of this process last gave a sign of life."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._lock = threading.Lock()

    def beat(self, worker: str) -> None:
        """`worker` is alive now."""
        with self._lock:
            self._at[worker] = time.monotonic()

    def problem(self, silence_s: float) -> str | None:
        """Who has been silent for longer than `silence_s` seconds, in words; None while all are alive."""
        with self._lock:
            at = dict(self._at)
        if not at:
            return "no worker has begun yet"
        silent = sorted(worker for worker, when in at.items() if time.monotonic() - when > silence_s)
        return f"{', '.join(silent)} gave no sign of life for {silence_s:.0f} s" if silent else None
