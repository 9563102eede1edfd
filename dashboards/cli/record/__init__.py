"""Commands that ask the record: timeline, sightings, search, attendance, report, evaluate."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.record import attendance, evaluate, report, search, sightings, timeline

    for room in (timeline, sightings, search, attendance, report, evaluate):
        room.register(app, panel="The record")
