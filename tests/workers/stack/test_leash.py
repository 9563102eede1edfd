"""The leash: a command ends with the process that started it, however that ends."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

HOLD = """
import subprocess, sys
from workers.stack.leash import leashed
child = subprocess.Popen(leashed([sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]))
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.slow
def test_command_ends_with_its_killed_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        said = {parent.stdout.readline().strip() for _ in range(2)}
        (pid,) = said - {"up"}
        child = psutil.Process(int(pid))

        parent.kill()

        psutil.wait_procs([child], timeout=20)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_command_of_a_parent_that_is_gone_does_not_start() -> None:
    command = [sys.executable, "-m", "workers.stack.leash", "1", sys.executable, "-c", "print('started')"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert done.stdout == ""
    assert "has ended" in done.stderr
