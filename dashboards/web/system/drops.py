"""Why pictures of cameras were left out during the last day, as the record tells it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.schemas import LeftOut
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import reason_column

if TYPE_CHECKING:
    import pandas as pd

OVER = timedelta(days=1)
KEPT_S = 20.0
"""The record tells of whole minutes: what was read so recently is shown again, in seconds."""
WORDS = {
    LeftOut.SLOWED: "sampled more slowly, since the stages behind were busy",
    LeftOut.BEHIND: "decoding was too slow",
    LeftOut.NO_CREDIT: "the stages behind were too slow",
    LeftOut.LATE: "no detector was free in time",
    LeftOut.LOST: "the server lost them",
    LeftOut.SILENT: "no picture came although one was due",
    LeftOut.DAMAGED: "the pictures came damaged",
    LeftOut.BURIED: "a stage could not process them",
}


@dataclass(frozen=True, slots=True)
class Drop:
    """Samples of one camera that were left out for one reason."""

    camera: str
    reason: LeftOut
    count: int
    """During the last day, up to the last whole minute."""

    @property
    def words(self) -> str:
        """The reason for people."""
        return WORDS[self.reason]


class DropWatch:
    """Knows what was left out during the last day; for all threads."""

    def __init__(self, data_dir: Path) -> None:
        """Reads nothing yet."""
        self._store = Store(data_dir)
        self._lock = threading.Lock()
        self._latest: Sequence[Drop] = ()
        self._due_at_s = 0.0

    def latest(self, cameras: Sequence[str], now: datetime) -> Sequence[Drop]:
        """Of these cameras, the most first; raises `StoreDamaged` for a file that cannot be read."""
        with self._lock:
            if time.monotonic() >= self._due_at_s:
                days = RowFilter(first_day=(now - OVER).date(), last_day=now.date())
                self._latest = count_drops(self._store.coverage_frame(days), cameras, now - OVER)
                self._due_at_s = time.monotonic() + KEPT_S
            return self._latest


def count_drops(coverage: pd.DataFrame, cameras: Sequence[str], since: datetime) -> list[Drop]:
    """What the rows of `coverage/` tell of these cameras from `since` on, the most first."""
    wanted = coverage[coverage["source_id"].isin(cameras) & (coverage["minute_ts"] >= since)]
    sums = wanted.groupby("source_id")[[reason_column(reason) for reason in LeftOut]].sum()
    drops = [
        Drop(str(camera), reason, int(counts[reason_column(reason)]))
        for camera, counts in sums.iterrows()
        for reason in LeftOut
        if counts[reason_column(reason)]
    ]
    return sorted(drops, key=lambda drop: (-drop.count, drop.camera, drop.reason))
