"""The size of the data folder, measured now and then apart from requests: a million files take some seconds."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from pipeline.disk_use import DiskUse, measure_disk_use

MEASURED_EVERY_S = 300.0
"""While somebody looks; nothing is measured otherwise."""


class DiskWatch:
    """Knows how large a data folder was a few minutes ago."""

    def __init__(self, data_dir: Path) -> None:
        """Nothing is measured before the first question."""
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._latest: DiskUse | None = None
        self._due_at_s = 0.0

    def latest(self) -> DiskUse | None:
        """What was measured last; None before the first time. Asking lets it be measured when it is due."""
        with self._lock:
            if time.monotonic() >= self._due_at_s:
                self._due_at_s = time.monotonic() + MEASURED_EVERY_S
                threading.Thread(target=self._measure, name="disk use", daemon=True).start()
            return self._latest

    def _measure(self) -> None:
        measured = measure_disk_use(self._data_dir, datetime.now(UTC))
        with self._lock:
            self._latest = measured
