"""Commands that learn from a folder of people, and the classifiers they make: train, classify."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.training import classifier, classify, encoder, siamese

    panel = "Training"
    group = typer.Typer(
        help="Learn from a folder of people: an encoder's last layers, a classifier, a verifier.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    for room in (encoder, classifier, siamese):
        room.register(group)
    app.add_typer(group, name="train", rich_help_panel=panel)
    classify.register(app, panel)
