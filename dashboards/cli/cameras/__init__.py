"""Commands about live cameras: add, remove, enable, disable, list, test, view."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.cameras import adding, changing, listing, trying, view

    group = typer.Typer(
        help="Live cameras: which there are, how they are doing, and whether they can be read.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for command in (adding, changing, listing, trying, view):
        command.register(group)
    app.add_typer(group, name="camera", rich_help_panel="Live cameras")
