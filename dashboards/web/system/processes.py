"""The processes of the stack on this host, with the memory that each takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workers.stack.children import ChildHealth
from workers.stack.health_note import read_health

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One process."""

    health: ChildHealth
    n_bytes: int | None
    """Memory that it takes, without what it shares with others by mapping files; None where the system does not say."""


def read_processes(data_dir: Path, now: datetime) -> Sequence[ProcessView] | None:
    """Those that `facetrail up` looks after; None when it does not run on this host, or tells nothing."""
    found = read_health(data_dir, now)
    if found is None:
        return None
    return [ProcessView(child, memory_of(child.pid)) for child in found]


def memory_of(pid: int | None) -> int | None:
    """Bytes of a process's own memory; None when there is no such process, or the system does not say (Linux does)."""
    if pid is None:
        return None
    try:
        _, resident, shared, *_ = (PROC / str(pid) / "statm").read_text().split()
    except (OSError, ValueError):
        return None
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
