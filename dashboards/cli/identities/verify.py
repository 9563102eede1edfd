"""`facetrail verify`: is this the same person? Two pictures, or a picture and somebody enrolled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, DetectorFlag, EncoderFlag, JsonFlag
from dashboards.cli.identities.distances import DistanceFlag, with_distance
from dashboards.cli.identities.looking import model_sections
from dashboards.cli.identities.siamese import MethodFlag, by_verifier, verifier_for
from dashboards.cli.output import answers, emit_json
from dashboards.cli.policies import policy_of
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session
from pipeline.errors import InputError
from pipeline.identity.verdicts import Method, Verification

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.identity.enrolment import ReferenceReport
    from pipeline.schemas import VectorF32

EXAMPLES = examples(
    ("facetrail verify passport.jpg gate.jpg", "are these two the same person?"),
    ("facetrail verify gate.jpg --person 'Ada Lovelace'", "is this who they say they are?"),
    ("facetrail verify a.jpg b.jpg && echo same", "0 is yes, 1 is no"),
    ("facetrail verify a.jpg b.jpg --method siamese", "by the verifier of `facetrail train siamese`"),
    ("facetrail verify camera_0.jpg --person younes --distance 0.7", "by an L2 distance, as the tutorials judge"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `verify`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(verify)


def verify(
    images: Annotated[list[Path], typer.Argument(help="Two pictures, or one with --person.", metavar="IMAGE...")],
    person: Annotated[str | None, typer.Option(help="The enrolled person it is said to be.", metavar="NAME")] = None,
    encoder: EncoderFlag = None,
    detector: DetectorFlag = None,
    distance: DistanceFlag = None,
    method: MethodFlag = Method.COSINE,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say whether two pictures show the same person, or whether a picture shows the person it is said to show.

    Each picture must show one face. Prints the score, the threshold and where it comes from. Leaves with 0 for the same
    person, and with 1 otherwise. Every use is written to the audit log.
    """
    if len(images) != (2 if person is None else 1):
        raise InputError("give two pictures, or one picture and --person NAME")
    if method is Method.SIAMESE and distance is not None:
        raise InputError("--distance judges by the L2 distance, which --method siamese does not: give one of them")
    session = open_session(data=data, **model_sections(encoder=encoder, detector=detector))
    with open_database(session) as control:
        session = with_distance(adopt_encoder(session, control), distance)
        if person is None:
            found = _compare_pictures(session, control, images, method)
        else:
            found = _compare_with_person(session, control, images[0], person, method)
    if as_json:
        emit_json(found)
    else:
        _print_verification(found)
    raise typer.Exit(ExitCode.OK if found.is_same else ExitCode.NO)


def _compare_pictures(session: Session, control: Control, images: list[Path], method: Method) -> Verification:
    from dashboards.cli.identities.looking import look_at, models_of
    from pipeline.identity.answers import judge_pair

    encoder = session.settings.encoding.encoder
    verifier = verifier_for(session, method, encoder)
    one, other = look_at(images, models_of(session, encoder))
    _audit(control, "", one, f"with image {other.sha256}")
    first, second = _embedding(one), _embedding(other)
    found = judge_pair(float(first @ second), policy_of(session, control, encoder), encoder)
    return by_verifier(found, verifier, first, second[None])


def _compare_with_person(session: Session, control: Control, image: Path, name: str, method: Method) -> Verification:
    from dashboards.cli.identities.asking import vector_of
    from dashboards.cli.identities.looking import look_at, models_of
    from pipeline.control.gallery.people import People
    from pipeline.identity.answers import only, verify_face

    claimed = People(control).person(name)
    gallery = People(control).gallery(session.settings.encoding.encoder)
    verifier = verifier_for(session, method, gallery.encoder)
    (report,) = look_at([image], models_of(session, gallery.encoder))
    _audit(control, claimed.person_id, report, "")
    policy = policy_of(session, control, gallery.encoder)
    found = verify_face(vector_of(report), gallery, claimed.person_id, policy)
    return by_verifier(found, verifier, _embedding(report), only(gallery, claimed.person_id).references)


def _embedding(report: ReferenceReport) -> VectorF32:
    if report.embedding is None:
        raise InputError("a picture without a usable face cannot be compared")
    return report.embedding


def _audit(control: Control, about: str, report: ReferenceReport, detail: str) -> None:
    from pipeline.control.audit import AuditLog, current_user

    AuditLog(control).append("verify", about, who=current_user(), image_sha256=report.sha256, detail=detail)


def _print_verification(found: Verification) -> None:
    words = {"same": "[bold green]the same person[/]", "uncertain": "[bold yellow]not certain[/]"}
    answers().print(words.get(found.verdict, "[bold red]different people[/]"))
    if found.probability is not None:
        words_of_verifier = f"{found.probability:.4f}  (Siamese; the same from {found.probability_threshold:.4f} on)"
        answers().print(f"probability {words_of_verifier}", markup=False)
    answers().print(
        f"score     {found.score:.4f}  (cosine; the same from {found.threshold:.4f} on)\n"
        f"distance  {found.l2_distance:.4f}  (L2; the same up to {found.l2_threshold:.4f})\n"
        f"encoder   {found.encoder}; threshold: {found.threshold_source}",
        markup=False,
    )
