"""`facetrail identify`: who is this?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.identities.distances import DistanceFlag, with_distance
from dashboards.cli.output import answers, emit_json
from dashboards.cli.policies import policy_of
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing
from pipeline.identity.verdicts import Identification, distance_of
from pipeline.sightings.rows import Status

if TYPE_CHECKING:
    from pipeline.identity.decision import DecisionPolicy
    from pipeline.identity.enrolment import ReferenceReport
    from pipeline.identity.matchers.matching import Gallery

EXAMPLES = examples(
    ("facetrail identify visitor.jpg", "who of those enrolled is this?"),
    ("facetrail identify visitor.jpg --json", "with score, margin and threshold, for a script"),
    ("facetrail identify camera_0.jpg --distance 0.7", "by an L2 distance, as the tutorials on FaceNet judge"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `identify`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(identify)


def identify(
    image: Annotated[Path, typer.Argument(help="A picture of one face.", metavar="IMAGE")],
    distance: DistanceFlag = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say which enrolled person a picture shows: known, uncertain or unknown, with score, lead and threshold.

    Leaves with 0 for somebody known, and with 1 otherwise. Every use is written to the audit log.
    """
    from dashboards.cli.identities.looking import look_at, models_of
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.people import People

    session = open_existing(data=data)
    with open_database(session) as control:
        session = with_distance(adopt_encoder(session, control), distance)
        encoder = session.settings.encoding.encoder
        gallery = People(control).gallery(encoder)
        (report,) = look_at([image], models_of(session, encoder))
        found = identify_report(session, report, gallery, policy_of(session, control, encoder))
        about = found.person_id or ""
        AuditLog(control).append("identify", about, who=current_user(), image_sha256=report.sha256, detail=found.status)
    if as_json:
        emit_json(found)
    else:
        _print_identification(found)
    raise typer.Exit(ExitCode.OK if found.status is Status.KNOWN else ExitCode.NO)


def identify_report(
    session: Session, report: ReferenceReport, gallery: Gallery, policy: DecisionPolicy
) -> Identification:
    """Who the face of the picture is by that operating point."""
    from dashboards.cli.identities.asking import vector_of
    from pipeline.identity.answers import identify_face
    from pipeline.identity.matchers.choice import index_dir, matcher_for

    matcher = matcher_for(gallery, session.settings.identity, index_dir(session.data_dir))
    return identify_face(vector_of(report), matcher, policy)


def _print_identification(found: Identification) -> None:
    headline = {
        Status.KNOWN: ("bold green", found.person_name or ""),
        Status.UNCERTAIN: ("bold yellow", f"not certain; perhaps {found.candidate_name}"),
        Status.UNKNOWN: ("bold red", "nobody who is enrolled"),
    }
    style, words = headline[found.status]
    answers().print(words, style=style, markup=False)
    if found.score is None:
        answers().print("nobody is enrolled; `facetrail enroll DIR` changes that", markup=False)
        return
    lead = (
        ""
        if found.margin is None
        else f"\nlead      {found.margin:.4f}  (over the next person; {found.least_margin:.4f} needed)"
    )
    answers().print(
        f"score     {found.score:.4f}  (cosine, for {found.candidate_name}; known from {found.threshold:.4f} on)\n"
        f"distance  {distance_of(found.score):.4f}  (L2; known up to {found.l2_threshold:.4f})"
        f"{lead}\nencoder   {found.encoder}; threshold: {found.threshold_source}",
        markup=False,
    )
