"""Commands about the models: list, fetch, add, remove, check, compare."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.models import add, check, compare, fetch, listing, remove

    group = typer.Typer(
        help="The networks that find and tell faces: what is here, from where, how good and how fast.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for command in (listing, fetch, add, remove, check, compare):
        command.register(group)
    app.add_typer(group, name="models", rich_help_panel="Models")
