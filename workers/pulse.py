"""A beat in a thread of its own: signs of life go on while the work takes its time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from pipeline.errors import PipelineError

logger = logging.getLogger(__name__)


class Pulse:
    """Calls `beat` every `every_s` seconds between entering and leaving; an error of ours is logged, and it goes on."""

    def __init__(self, name: str, every_s: float, beat: Callable[[], None]) -> None:
        self._every_s = every_s
        self._beat = beat
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            try:
                self._beat()
            except PipelineError as error:
                logger.warning("%s: %s", self._thread.name, error)
