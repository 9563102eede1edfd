"""What goes wrong while the soak runs, one after another: servers die, freeze and babble, processes are killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.rtsp.running import RtspServer
from workers.stack.running import RunningStack

SETTLE_S = 20.0
"""After a fault ended, everything runs as before within this, in seconds."""


@dataclass(slots=True)
class Fault:
    """One thing that went wrong."""

    at: float
    """Unix time."""
    until: float
    what: str
    """A camera's name, or the name of the process."""
    kind: str


@dataclass(slots=True)
class Faults:
    """All of them so far; a thread makes one every `every_s` seconds until told to stop."""

    servers: Mapping[str, RtspServer]
    stack: RunningStack
    every_s: float
    stop: threading.Event
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    past: list[Fault] = field(default_factory=list)

    def run(self) -> None:
        """Make faults in turn, each at a camera or a process chosen by chance."""
        kinds: tuple[Callable[[], Fault], ...] = (
            self._kill_server,
            self._freeze_server,
            self._kill_camera,
            self._send_garbage,
            self._kill_models,
            self._kill_aggregator,
        )
        turn = 0
        while not self.stop.wait(self.every_s):
            self.past.append(kinds[turn % len(kinds)]())
            turn += 1

    def is_quiet(self, at: float) -> bool:
        """Whether nothing had gone wrong for a while at that Unix time."""
        return all(not fault.at <= at <= fault.until + SETTLE_S for fault in self.past)

    def _kill_server(self) -> Fault:
        name, begun = self._any_camera(), time.time()
        self.servers[name].kill()
        self.stop.wait(self.rng.uniform(3, 12))
        self.servers[name].restart()
        return Fault(begun, time.time(), name, "server killed, and started again")

    def _freeze_server(self) -> Fault:
        name, begun = self._any_camera(), time.time()
        self.servers[name].behaviour.frozen = True
        self.stop.wait(self.rng.uniform(12, 18))
        self.servers[name].behaviour.frozen = False
        return Fault(begun, time.time(), name, "server frozen")

    def _send_garbage(self) -> Fault:
        name = self._any_camera()
        self.servers[name].behaviour.garbage = 40
        return Fault(time.time(), time.time() + 2, name, "40 pictures of random bytes")

    def _kill_camera(self) -> Fault:
        return self._kill(f"camera-{self._any_camera()}")

    def _kill_models(self) -> Fault:
        return self._kill("detector-1")

    def _kill_aggregator(self) -> Fault:
        return self._kill("aggregator")

    def _kill(self, name: str) -> Fault:
        pids = {child.name: child.pid for child in self.stack.health().children}
        pid = pids.get(name)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return Fault(time.time(), time.time() + 5, name, "killed with -9")

    def _any_camera(self) -> str:
        return self.rng.choice(sorted(self.servers))
