"""Runs the whole stack with the settings of the environment until its input ends: a tree of processes to be killed."""

from __future__ import annotations

import sys

from pipeline.config import load_settings
from workers.stack.running import running_stack

if __name__ == "__main__":
    with running_stack(load_settings()) as stack:
        sys.stdout.write(f"{stack.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
