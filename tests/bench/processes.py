"""CPU time and memory of a process with everything that it started, read from the system."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from types import TracebackType

import psutil

SAMPLING_INTERVAL_S = 2.0
"""How often memory is looked at: a reading walks the page tables of every process, which costs some milliseconds."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stretch of work cost."""

    wall_s: float
    cpu_s: float


@contextmanager
def spending(note: Callable[[Spent], None]) -> Iterator[None]:
    """Tell `note` what the block cost in this process and all below it."""
    wall, cpu = time.perf_counter(), tree_cpu_s()
    yield
    note(Spent(time.perf_counter() - wall, tree_cpu_s() - cpu))


def tree_cpu_s() -> float:
    """CPU seconds of this process, of the living ones below it, and of those that have ended and were waited for."""
    total = 0.0
    for process in _tree():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue  # its time now counts with the parent that waits for it
        total += times.user + times.system + times.children_user + times.children_system
    return total


def tree_memory_mb() -> float:
    """Megabytes that this process and those below it hold, shared pages counted once (PSS; USS where there is none)."""
    total = 0
    for process in _tree():
        try:
            memory = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        total += getattr(memory, "pss", memory.uss)
    return total / 1e6


def asked_for_mb(pid: int) -> float:
    """Megabytes that a process asked for and keeps (RssAnon of proc(5), Linux only): the system cannot take them back,
    as it does with pages of files whenever it likes."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(kilobytes) * 1024 / 1e6


def _tree() -> list[psutil.Process]:
    own = psutil.Process(os.getpid())
    return [own, *own.children(recursive=True)]


@dataclass(slots=True)
class MemoryWatch:
    """The memory of the process tree while the block runs."""

    readings_mb: list[float] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> MemoryWatch:
        self._thread = threading.Thread(target=self._watch, name="memory-watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def peak_mb(self) -> float:
        return max(self.readings_mb, default=0.0)

    def growth_mb(self, warm_up: float) -> float:
        """From the end of `warm_up`, a part of the readings, to the last; each end is the mean of a tenth of all."""
        n, first = max(1, len(self.readings_mb) // 10), round(len(self.readings_mb) * warm_up)
        begin, end = self.readings_mb[first : first + n], self.readings_mb[-n:]
        return fmean(end) - fmean(begin) if begin else 0.0

    def _watch(self) -> None:
        while not self._done.wait(SAMPLING_INTERVAL_S):
            self.readings_mb.append(tree_memory_mb())
