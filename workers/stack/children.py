"""A child process that is started again when it dies, until that is of no use."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workers.stack.leash import leashed
from workers.wire.transport import backoff_s

FAST_S = 10.0
"""A child that lived shorter than this failed fast."""
MOST_FAST_FAILURES = 5
HOPELESS_CODES = frozenset({2, 4})
"""Exit codes of workers that another start would not help: wrong settings, no room to write."""
TAIL_BYTES = 4096


class ChildState(StrEnum):
    """How a child is."""

    RUNNING = "running"
    WAITING = "waiting"  # to be started again
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run, with what environment, and where its last words go."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stderr: Path


@dataclass(frozen=True, slots=True)
class ChildHealth:
    """A child as the supervisor sees it."""

    name: str
    state: ChildState
    pid: int | None
    restarts: int
    problem: str | None
    """Its last words, once given up."""


class Child:
    """One supervised child. Start and tend it from one thread, which must outlive it: it dies with that thread."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process = _start(spec)
        self._started_at = time.monotonic()
        self._restart_at: float | None = None
        self._restarts = 0
        self._fast_failures = 0
        self._problem: str | None = None

    def tend(self) -> None:
        """Notice that it died; start it again when it is time."""
        if self._problem is not None:
            return
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self._restart()
            return
        code = self._process.poll()
        if code is not None:
            self._plan_restart(code, now)

    def health(self) -> ChildHealth:
        """How it is; may be called from any thread."""
        if self._problem is not None:
            return ChildHealth(self.spec.name, ChildState.GIVEN_UP, None, self._restarts, self._problem)
        if self._restart_at is not None:
            return ChildHealth(self.spec.name, ChildState.WAITING, None, self._restarts, None)
        return ChildHealth(self.spec.name, ChildState.RUNNING, self._process.pid, self._restarts, None)

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the child and all that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after `seconds`."""
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def _plan_restart(self, code: int, now: float) -> None:
        is_fast = now - self._started_at < FAST_S
        self._fast_failures = self._fast_failures + 1 if is_fast else 0
        if code in HOPELESS_CODES or self._fast_failures > MOST_FAST_FAILURES:
            self._problem = _last_words(self.spec.stderr) or f"{self.spec.name} ended with code {code}"
            return
        self._restart_at = now + backoff_s(self._fast_failures + 1)

    def _restart(self) -> None:
        self._process = _start(self.spec)
        self._started_at = time.monotonic()
        self._restart_at = None
        self._restarts += 1


def _start(spec: ChildSpec) -> subprocess.Popen[bytes]:
    with spec.stderr.open("wb") as stderr:
        return subprocess.Popen(
            leashed(spec.command),
            env=dict(spec.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )


def _last_words(path: Path) -> str:
    """The last line that the child wrote to its terminal."""
    lines = path.read_bytes()[-TAIL_BYTES:].decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
