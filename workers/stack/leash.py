"""Runs a command that ends when the process that started it ends, however that happens.

    python -m workers.stack.leash PARENT_PID COMMAND...

Linux signals the command itself (the setting survives exec); elsewhere this process stays and watches the parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
WATCH_S = 0.5
"""Between two looks at the parent where the system cannot tell us, in seconds."""


def die_with_parent(parent_pid: int) -> None:
    """Let the kernel kill this process when its parent, `parent_pid`, ends; exits at once if that has happened.

    Only Linux can; elsewhere nothing changes. What forks does not hand the setting on.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        sys.exit(f"the process {parent_pid} that started this one has ended")


def leashed(command: Sequence[str]) -> list[str]:
    """`command` as a command that ends with the calling process."""
    return [sys.executable, "-m", __name__, str(os.getpid()), *command]


def _watch(parent_pid: int, command: Sequence[str]) -> int:
    """Run `command` to its end, or kill it when the parent has ended."""
    with subprocess.Popen(command) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while os.getppid() == parent_pid:
            try:
                return child.wait(WATCH_S)
            except subprocess.TimeoutExpired:
                continue
        child.kill()
    return 1


def main() -> None:
    """Become the command, or watch over it."""
    parent_pid, command = int(sys.argv[1]), sys.argv[2:]
    die_with_parent(parent_pid)
    if sys.platform != "linux":
        sys.exit(_watch(parent_pid, command))
    os.execv(command[0], command)  # noqa: S606 - we become our own worker or server


if __name__ == "__main__":
    main()
