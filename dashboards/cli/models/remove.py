"""`facetrail models remove`: take away an encoder that was added or trained in the data folder."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json
from dashboards.cli.session import open_session
from pipeline.errors import InputError

EXAMPLES = examples(("facetrail models remove sface-eyes-nose", "its entry, and the files that no other one needs"))


def register(group: typer.Typer) -> None:
    """Add `models remove`."""
    group.command("remove", epilog=EXAMPLES)(remove)


def remove(
    name: Annotated[str, typer.Argument(help="An encoder added or trained here.", metavar="NAME")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Remove an encoder of the data folder's own. The one that the data folder uses stays: its record depends on it."""
    from dashboards.cli.models.choosing import current_encoder
    from pipeline.encoders.local.models import remove_entry

    session = open_session(data=data)
    if name == current_encoder(session):
        raise InputError(f"{name} is what this data folder sees faces with, and stays as long as the folder does")
    removed = remove_entry(session.weights_dir, name)
    if as_json:
        emit_json({"removed": removed.name})
        return
    answers().print(f"{removed.name} is gone", markup=False)
