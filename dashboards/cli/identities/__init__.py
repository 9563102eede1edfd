"""Commands about people: enroll, people, verify, identify, relabel."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.identities import enroll, identify, people, relabel, verify

    for room in (enroll, people, identify, verify, relabel):
        room.register(app, panel="People")
