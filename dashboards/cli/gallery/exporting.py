"""`facetrail gallery export`: everybody enrolled, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, warn
from dashboards.cli.progress import counting
from dashboards.cli.session import open_database, open_existing

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.galleries.exporting import Export

EXAMPLES = examples(
    ("facetrail gallery export people.zip", "names, references and pictures"),
    ("facetrail gallery export people.zip --without-images", "what identifying needs, and no picture"),
    ("facetrail gallery import people.zip --data elsewhere", "the same people in another data folder"),
)


def register(app: typer.Typer) -> None:
    """Add `export`."""
    app.command("export", epilog=EXAMPLES)(export)


def export(
    file: Annotated[Path, typer.Argument(help="The archive to write; must not exist.", metavar="FILE.zip")],
    without_images: Annotated[bool, typer.Option("--without-images", help="Leave the pictures out.")] = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Write everybody enrolled into one file: ids, names, references by encoder, and pictures.

    The file identifies people: it is readable by you only, and wants the care of the data folder. Leaves with 3 when
    pictures are missing from the data folder.
    """
    from pipeline.control.audit import AuditLog, current_user

    with open_database(open_existing(data=data)) as control:
        made = _export(control, file, with_images=not without_images)
        AuditLog(control).append("export", "", who=current_user(), detail=f"{made.n_people} people")
    if as_json:
        emit_json(made)
    else:
        pictures = "no pictures" if without_images else f"{made.n_images} pictures"
        answers().print(
            f"{file} has {made.n_people} people with {made.n_references} references by {made.encoder}, and {pictures}",
            markup=False,
        )
        say("it holds biometric data of these people, by which they can be identified: keep it as safe as the folder")
    for image_ref in made.missing:
        warn(f"{image_ref} is missing or damaged in the data folder; its reference went without the picture")
    raise typer.Exit(ExitCode.PARTIAL if made.missing else ExitCode.OK)


def _export(control: Control, file: Path, *, with_images: bool) -> Export:
    from pipeline.control.gallery.people import People
    from pipeline.galleries.exporting import export_gallery

    with counting("exporting people", len(People(control).list_people())) as advance_to:
        return export_gallery(control, file, with_images=with_images, on_person=advance_to)
