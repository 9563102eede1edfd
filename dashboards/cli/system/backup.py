"""`facetrail backup`: a copy of the data folder that can be used as one, made while workers go on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say
from dashboards.cli.progress import counting
from dashboards.cli.session import open_database, open_existing

EXAMPLES = examples(
    ("facetrail backup /backups/$(date +%F)", "while `facetrail up` goes on"),
    ("facetrail sightings --data /backups/2026-05-01", "a backup is a data folder"),
    ("cp -a /backups/2026-05-01 data && facetrail up", "restored, and going on from there"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `backup`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(backup)


def backup(
    folder: Annotated[Path, typer.Argument(help="The folder to make; new, or empty.", metavar="DIR")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Copy the data folder as it is at one moment: record, control database, pictures, models.

    Workers may go on; they wait only while files get second names. Logs and what is on its way are left out.
    """
    from pipeline.backup import back_up, count_files

    session = open_existing(data=data)
    with open_database(session) as control:
        n_files = count_files(control.data_dir)
        with counting("copying files", n_files) as advance_to:
            made = back_up(control, folder, datetime.now(UTC), advance_to)
    if as_json:
        emit_json(made)
        return
    answers().print(
        f"{made.path} has {made.n_files} files, {made.n_bytes / 1e6:.1f} MB; commits waited {made.held_s:.2f} s",
        markup=False,
    )
    say("it holds faces and names as the data folder does, and its keys: keep it as safe")
