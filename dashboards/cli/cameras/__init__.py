"""Commands about live cameras: list, test."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.cameras import listing, trying

    group = typer.Typer(
        help="The cameras of the settings: which there are, and whether they can be read.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for command in (listing, trying):
        command.register(group)
    app.add_typer(group, name="camera", rich_help_panel="Live cameras")
