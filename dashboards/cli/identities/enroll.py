"""`facetrail enroll`: take people into the gallery from a folder of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, DetectorFlag, EncoderFlag, JsonFlag
from dashboards.cli.identities.looking import model_sections
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import adopt_encoder, open_database, open_session

if TYPE_CHECKING:
    from dashboards.cli.identities.enrolling import Enrolment

EXAMPLES = examples(
    ("facetrail enroll people/", "people/Ada Lovelace/01.jpg, people/Ada Lovelace/02.jpg, people/Bob.jpg, ..."),
    ("facetrail relabel", "let the past know them, too"),
)
STYLES = {"enrolled": "green", "known": "dim", "near_duplicate": "yellow"}


def register(app: typer.Typer, panel: str) -> None:
    """Add `enroll`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(enroll)


def enroll(
    folder: Annotated[
        Path,
        typer.Argument(help="A folder for each person with pictures, or one picture named for each.", metavar="DIR"),
    ],
    encoder: EncoderFlag = None,
    detector: DetectorFlag = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Enrol the people of a folder, and say of each picture whether it helps: three to ten a person work well.

    Pictures that are enrolled already are passed over, so that it can be run again. Leaves with 3 when a picture could
    not be used.
    """
    from dashboards.cli.identities.enrolling import enrol_folder

    session = open_session(data=data, **model_sections(encoder=encoder, detector=detector))
    with open_database(session) as control:
        enrolment = enrol_folder(adopt_encoder(session, control), control, folder)
    if as_json:
        emit_json(
            {
                "gallery_version": enrolment.gallery_version,
                "changed": enrolment.is_changed,
                "images": enrolment.verdicts,
            }
        )
    else:
        print_enrolment(enrolment)
    has_faults = any(verdict.is_fault for verdict in enrolment.verdicts)
    raise typer.Exit(ExitCode.PARTIAL if has_faults else ExitCode.OK)


def print_enrolment(enrolment: Enrolment) -> None:
    """Each picture and its verdict, and what it came to."""
    from rich.markup import escape

    made = table("person", "picture", "verdict", "quality", "", right=("quality",))
    for verdict in enrolment.verdicts:
        style = STYLES.get(verdict.verdict, "red")
        quality = "" if verdict.quality is None else f"{verdict.quality:.2f}"
        words = verdict.verdict.replace("_", " ")
        made.add_row(
            escape(verdict.person), escape(verdict.image), f"[{style}]{words}[/]", quality, escape(verdict.message)
        )
    answers().print(made)
    usable = sum(verdict.is_in_gallery for verdict in enrolment.verdicts)
    answers().print(
        f"{usable} of {len(enrolment.verdicts)} pictures of {enrolment.n_people} people are in the gallery, "
        f"version {enrolment.gallery_version}"
    )
    if enrolment.is_changed:
        say("sightings recorded so far keep their names until `facetrail relabel`")
