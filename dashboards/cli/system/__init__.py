"""Commands about the running system: up, worker, status, backup, config."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.system import backup, config, status, up, worker

    for room in (up, status, worker, backup, config):
        room.register(app, panel="The system")
