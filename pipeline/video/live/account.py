"""What became of every cell of a live run's time grid: each has exactly one fate."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.schemas import STATE_OF_REASON, LeftOut, SampleState


class Fate(StrEnum):
    """One cell's fate, with its reason."""

    DECODED = "decoded"
    STILL = "still"  # looked at: nothing moved
    LASTED = "lasted"  # no picture began in it, since the camera sends fewer
    SILENT = "silent"  # no picture came although one was due
    DAMAGED = "damaged"  # a picture came and could not be decoded whole
    BEHIND = "behind"  # the picture came out of the decoder too late
    SLOWED = "slowed"  # left out on purpose, by a slower pace
    NO_CREDIT = "no_credit"  # the stages behind took nothing, and it was the oldest


REASON_OF_FATE = {
    Fate.SILENT: LeftOut.SILENT,
    Fate.DAMAGED: LeftOut.DAMAGED,
    Fate.BEHIND: LeftOut.BEHIND,
    Fate.SLOWED: LeftOut.SLOWED,
    Fate.NO_CREDIT: LeftOut.NO_CREDIT,
}
"""Of the fates of cells that nobody looked at."""
STATE_OF_FATE = {
    Fate.DECODED: SampleState.DECODED,
    Fate.STILL: SampleState.GATED,
    Fate.LASTED: SampleState.GATED,
    **{fate: STATE_OF_REASON[reason] for fate, reason in REASON_OF_FATE.items()},
}


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """An account at one moment."""

    cells: Mapping[Fate, int]
    n_frames: int
    """Pictures decoded, whole and sampled or not."""
    n_damaged: int
    """Pictures that came damaged."""
    lag_s: float
    """Of the latest picture."""
    stride: int
    """Every so many cells are looked at."""

    @property
    def n_cells(self) -> int:
        return sum(self.cells.values())

    def in_state(self, state: SampleState) -> int:
        """Cells of all fates that the record keeps as `state`."""
        return sum(count for fate, count in self.cells.items() if STATE_OF_FATE[fate] is state)


class LiveAccount:
    """Counts one connection; written by the reading thread and by whoever empties its outbox, read by anybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cells: Counter[Fate] = Counter()
        self._n_frames = self._n_damaged = 0
        self._lag_s, self._stride = 0.0, 1

    def count_cell(self, fate: Fate) -> None:
        with self._lock:
            self._cells[fate] += 1

    def move_cells(self, count: int, fate: Fate) -> None:
        """`count` cells that were DECODED have another fate after all."""
        with self._lock:
            self._cells[Fate.DECODED] -= count
            self._cells[fate] += count

    def count_frame(self, lag_s: float, n_damaged: int, stride: int) -> None:
        with self._lock:
            self._n_frames += 1
            self._n_damaged += n_damaged
            self._lag_s, self._stride = lag_s, stride

    def counts(self) -> LiveCounts:
        """The account now."""
        with self._lock:
            return LiveCounts(dict(self._cells), self._n_frames, self._n_damaged, self._lag_s, self._stride)
