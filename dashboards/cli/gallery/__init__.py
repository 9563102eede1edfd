"""Commands about the gallery as a whole: calibrate; gallery check, gallery drop."""

from __future__ import annotations

import typer

HELP = "The gallery as a whole: is everybody told apart, and how does it move?"


def register(app: typer.Typer) -> None:
    """Add `calibrate`, and the group with the others."""
    from dashboards.cli.gallery import calibrate, check, drop, exporting, importing

    group = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="rich")
    group.callback()(lambda: None)
    for command in (check, drop, exporting, importing):
        command.register(group)
    app.add_typer(group, name="gallery", rich_help_panel="People")
    calibrate.register(app, panel="People")
