"""Commands that take footage in: analyze, submit, jobs, source, sample."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.footage import analyze, jobs, sample, source, submit

    for room in (analyze, submit, jobs, source, sample):
        room.register(app, panel="Footage")
