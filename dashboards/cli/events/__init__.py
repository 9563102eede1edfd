"""Commands about events: the life of sightings at live cameras, as it is told."""

from __future__ import annotations

import typer

from dashboards.cli.examples import examples

EXAMPLES = examples(
    ("facetrail events", "what was told last"),
    ("facetrail events --follow --camera front_door", "one camera, as it happens"),
    (
        "facetrail events --follow --json | jq -r 'select(.kind==\"new\") | .person_name'",
        "for scripts: a line an event",
    ),
)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    from dashboards.cli.events import dead, showing, trying

    group = typer.Typer(rich_markup_mode="rich")
    group.callback(invoke_without_command=True, epilog=EXAMPLES)(showing.show)
    for command in (dead, trying):
        command.register(group)
    app.add_typer(group, name="events", rich_help_panel="Live cameras")
