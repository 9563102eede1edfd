"""Whether the stack that runs on a data folder examines pictures, or is about to: its children are there before their
models are, and come back when they die."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from workers.stack.children import ChildState
from workers.stack.health_note import read_health

HOSTS = re.compile(r"detector-\d+")
"""The children that host the stage `asks`, by name."""


def expects_examiner(data_dir: Path, now: datetime) -> bool:
    """Whether a child that examines pictures runs, or will be started again; False where no stack is known."""
    children = read_health(data_dir, now) or ()
    return any(HOSTS.fullmatch(child.name) and child.state is not ChildState.GIVEN_UP for child in children)
