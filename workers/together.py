"""Works that live and end together: a thread for each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

Work = Callable[[], None]


def run_together(works: Sequence[Work], stop: threading.Event) -> None:
    """Run every one in its own thread until one ends, then stop all; raises what ended the first."""
    with ThreadPoolExecutor(max(1, len(works))) as threads:
        futures = [threads.submit(work) for work in works]
        wait(futures, return_when=FIRST_COMPLETED)
        stop.set()
    for future in futures:
        future.result()
