"""`facetrail gallery check`: who may be confused, and which pictures do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table, warn
from dashboards.cli.policies import policy_of
from dashboards.cli.progress import waiting
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing

if TYPE_CHECKING:
    from dashboards.cli.gallery.proposals import Proposal
    from pipeline.control.database import Control

EXAMPLES = examples(
    ("facetrail gallery check", "look-alikes, pictures that fit badly, people with too few"),
    ("facetrail gallery check --json", "for a script: leaves with 1 when something is proposed"),
)
STYLES = {"same_picture": "red", "confusable": "red", "misfit": "red", "outlier": "yellow", "alike": "yellow"}
SHOWN = 100
"""Proposals that are listed in a terminal, the worst; `--json` has all."""


def register(group: typer.Typer) -> None:
    """Add `gallery check`."""
    group.command("check", epilog=EXAMPLES)(check)


def check(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Say what makes the gallery weak at the threshold in effect, with what to do about it; nothing is changed.

    People who may be taken for each other, pictures that are unlike the others of their person or nearer to somebody
    else, copies, people with one or two pictures, and people whose pictures are all of one sitting. Leaves with 1 when
    there is something to do.
    """
    session = open_existing(data=data)
    with open_database(session) as control, waiting("comparing everybody"):
        session = adopt_encoder(session, control)
        proposals, document = _check(session, control)
    if as_json:
        emit_json({**document, "proposals": proposals})
    else:
        _print(proposals, document)
    raise typer.Exit(ExitCode.NO if proposals else ExitCode.OK)


def _check(session: Session, control: Control) -> tuple[list[Proposal], dict[str, object]]:
    from dashboards.cli.gallery.proposals import image_names, propose
    from pipeline.control.gallery.people import People
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.identity.gallery_check import Limits, check_gallery

    encoder, people = session.settings.encoding.encoder, People(control)
    gallery, everybody = people.gallery(encoder), people.list_people()
    entry, policy = encoder_entry(encoder, session.weights_dir), policy_of(session, control, encoder)
    limits = Limits(
        policy.threshold, policy.uncertain_threshold, entry.tracking.agree_cosine, entry.calibration.duplicate_cosine
    )
    by_id, images = {person.person_id: person for person in everybody}, image_names(everybody, encoder)
    proposals = [propose(finding, by_id, images) for finding in check_gallery(gallery, limits)]
    document = {
        "encoder": encoder,
        "gallery_version": gallery.version,
        "n_people": len(gallery.person_ids),
        "n_images": len(gallery.references),
        "threshold": policy.threshold,
        "uncertain_threshold": policy.uncertain_threshold,
        "threshold_source": policy.source,
    }
    return proposals, document


def _print(proposals: list[Proposal], document: dict[str, object]) -> None:
    from rich.markup import escape

    made = table("what", "found", "to do")
    for each in proposals[:SHOWN]:
        style = STYLES.get(each.kind, "dim")
        to_do = "\n".join((escape(each.proposal), *(f"[dim]$ {escape(line)}[/]" for line in each.commands)))
        files = "".join(f"\n[dim]{escape(image.image_ref)}[/]" for image in each.images if each.kind != "few_images")
        made.add_row(f"[{style}]{each.kind.replace('_', ' ')}[/]", escape(each.message) + files, to_do)
    if proposals:
        answers().print(made)
    if len(proposals) > SHOWN:
        warn(f"and {len(proposals) - SHOWN} more, less grave ones, which --json lists")
    answers().print(
        f"{document['n_people']} people with {document['n_images']} pictures, gallery version "
        f"{document['gallery_version']}: {len(proposals) or 'nothing'} to look at, by the threshold "
        f"{document['threshold']:.3f} of {document['encoder']} ({document['threshold_source']})",
        markup=False,
    )
