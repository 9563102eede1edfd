"""Commands about the running system: up, worker, status, config."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.system import config, status, up, worker

    for room in (up, status, worker, config):
        room.register(app, panel="The system")
