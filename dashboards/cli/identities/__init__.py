"""Commands about people: enroll, people, unknowns, identify, verify, relabel."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.identities import enroll, identify, people, relabel, unknowns, verify

    for room in (enroll, people, unknowns, identify, verify, relabel):
        room.register(app, panel="People")
