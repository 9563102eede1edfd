"""Commands about the running system: up, web, status, worker, users, backup, config."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.system import backup, config, status, up, users, web, worker

    for room in (up, web, status, worker, users, backup, config):
        room.register(app, panel="The system")
