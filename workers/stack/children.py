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

FAST_S = 5.0
"""A child that lived shorter than this failed fast."""
MOST_FAST_STARTS = 5
"""Fast failures of a child that never lived longer: it cannot work here."""
MOST_FAST_FAILURES = 30
"""Fast failures in a row of a child that did live: a few chunks that end it, three times each, must not end all."""
HOPELESS_CODES = {2: "wrong settings", 4: "the data folder cannot be written; is the disk full?"}
"""Exit codes of workers that another start would not help, and what to say when they could not say it themselves."""
SERVER_AWAY = 3
"""Exit code of a worker whose server, Redis or Postgres, cannot be reached: it is started until it can."""
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
    is_vital: bool = True
    """Whether the work cannot go on without it."""


@dataclass(frozen=True, slots=True)
class ChildHealth:
    """A child as the supervisor sees it."""

    name: str
    state: ChildState
    pid: int | None
    restarts: int
    problem: str | None
    """Its last words, once given up."""
    is_vital: bool = True


class Child:
    """One supervised child. Start and tend it from one thread, which must outlive it: it dies with that thread."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process = _start(spec)
        self._started_at = time.monotonic()
        self._restart_at: float | None = None
        self._restarts = 0
        self._absences = 0
        self._fast_failures = 0
        self._most_fast_failures = MOST_FAST_STARTS
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
            return self._health(ChildState.GIVEN_UP, None)
        if self._restart_at is not None:
            return self._health(ChildState.WAITING, None)
        return self._health(ChildState.RUNNING, self._process.pid)

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

    def _health(self, state: ChildState, pid: int | None) -> ChildHealth:
        return ChildHealth(self.spec.name, state, pid, self._restarts, self._problem, self.spec.is_vital)

    def _plan_restart(self, code: int, now: float) -> None:
        if code == SERVER_AWAY:
            self._absences += 1
            self._restart_at = now + backoff_s(self._absences)
            return
        self._absences = 0
        self._count_failure(is_fast=now - self._started_at < FAST_S)
        if code in HOPELESS_CODES or self._fast_failures > self._most_fast_failures:
            unsaid = HOPELESS_CODES.get(code, f"it ended with code {code}, {self._restarts + 1} times")
            self._problem = _last_words(self.spec.stderr) or unsaid
            return
        self._restart_at = now + backoff_s(self._fast_failures + 1)

    def _count_failure(self, *, is_fast: bool) -> None:
        if is_fast:
            self._fast_failures += 1
            return
        self._fast_failures = 0
        self._most_fast_failures = MOST_FAST_FAILURES

    def _restart(self) -> None:
        _keep_last_words(self.spec.stderr)
        self._process = _start(self.spec)
        self._started_at = time.monotonic()
        self._restart_at = None
        self._restarts += 1


class LeavingChild:
    """A child that was asked to end, and is killed when it takes too long."""

    def __init__(self, child: Child, grace_s: float) -> None:
        self.child = child
        self.name = child.spec.name
        self._give_up_at = time.monotonic() + grace_s
        child.signal(signal.SIGTERM)

    def is_gone(self) -> bool:
        """Whether it has ended."""
        if self.child.wait(0):
            return True
        if time.monotonic() > self._give_up_at:
            self.child.signal(signal.SIGKILL)
        return False


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


def _keep_last_words(path: Path) -> None:
    """Put what a child wrote before it died beside the file that its next life begins anew."""
    if path.stat().st_size:
        path.replace(path.with_name(f"{path.name}.before"))


def _last_words(path: Path) -> str:
    """The last line that the child wrote to its terminal."""
    lines = path.read_bytes()[-TAIL_BYTES:].decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
