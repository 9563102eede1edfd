"""`facetrail gallery drop`: take one reference picture out of the gallery."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say
from dashboards.cli.session import open_database, open_existing

EXAMPLES = examples(
    ("facetrail gallery drop 'Ada Lovelace' 3f2a9c01d4e5", "as `facetrail gallery check` proposes"),
    ("facetrail relabel", "let the past know, too"),
)


def register(group: typer.Typer) -> None:
    """Add `gallery drop`."""
    group.command("drop", epilog=EXAMPLES)(drop)


def drop(
    person: Annotated[str, typer.Argument(help="Name or person id.", metavar="PERSON")],
    picture: Annotated[str, typer.Argument(help="The first digits of the picture's sha256.", metavar="SHA256")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Take one reference picture of a person out of the gallery, as a new version of it.

    The person stays. A later `facetrail enroll` of a folder that still has the picture takes it in again.
    """
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.people import People
    from pipeline.control.gallery.pictures import drop_picture

    with open_database(open_existing(data=data)) as control:
        people = People(control)
        meant = people.person(person)
        sha256 = drop_picture(control, meant.person_id, picture)
        AuditLog(control).append("drop", meant.person_id, who=current_user(), image_sha256=sha256)
        left, version = people.person(meant.person_id), people.gallery_version()
    if as_json:
        emit_json({"gallery_version": version, "person": left, "image_sha256": sha256})
        return
    answers().print(
        f"{left.name} has {len(left.references)} pictures now, gallery version {version}", markup=False, highlight=False
    )
    say("take it out of the folder that you enrol from, too; sightings keep their names until `facetrail relabel`")
