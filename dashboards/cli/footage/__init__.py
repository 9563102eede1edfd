"""Commands that take footage in: analyze, submit, watch, jobs, source, sample."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.footage import analyze, jobs, sample, source, submit, watch

    for room in (analyze, submit, watch, jobs, source, sample):
        room.register(app, panel="Footage")
