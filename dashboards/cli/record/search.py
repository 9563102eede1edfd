"""`facetrail search`: has this face ever been here?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, FromFlag, JsonFlag, SourceFlag, ToFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.schemas import VectorF32
    from pipeline.search.finding import FaceFinder, Findings

EXAMPLES = examples(
    ("facetrail search visitor.jpg", "every sighting of this face, over all time, best first"),
    ("facetrail search visitor.jpg --from 2026-05-01 --source front_door", "since May, at one camera"),
    ("facetrail search --sighting s_73eb53c1f8ea1d25", "where else was whoever was seen then?"),
    ("facetrail search visitor.jpg --least-score 0.3 --json", "for a script"),
)
ACTION = "search"
"""As it stands in the audit log."""
DEFAULT_LIMIT = 50
LIKENESS_WORDS = {"same": "the same face", "perhaps": "perhaps", "other": "probably somebody else"}
LIKENESS_STYLES = {"same": "green", "perhaps": "yellow", "other": "dim"}


def register(app: typer.Typer, panel: str) -> None:
    """Add `search`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(search)


def search(
    image: Annotated[Path | None, typer.Argument(help="A picture of one face.", metavar="FACE")] = None,
    sighting: Annotated[
        str | None, typer.Option(help="Search by the face of this sighting instead of a picture.", metavar="ID")
    ] = None,
    source: SourceFlag = None,
    from_: FromFlag = None,
    to: ToFlag = None,
    limit: Annotated[int, typer.Option(help="List so many sightings at most.", min=1, max=5000)] = DEFAULT_LIMIT,
    least_score: Annotated[
        float, typer.Option(help="Leave out sightings less alike than this (cosine).", min=-1, max=1)
    ] = 0.0,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """List every sighting of a face, known or not, best first, and say from where on it is probably somebody else.

    Leaves with 0 when the same face was seen, and with 1 otherwise. Every search is written to the audit log.
    """
    from dashboards.moments import parse_from, parse_to
    from pipeline.control.work.sources import Sources
    from pipeline.search.finding import FaceFinder
    from pipeline.search.searching import FaceQuery
    from pipeline.sightings.filtering import find_sources

    if (image is None) == (sighting is None):
        raise InputError("give a picture of a face, or --sighting with the id of a sighting (and not both)")
    session, now = open_existing(data=data, time_zone=time_zone), datetime.now(UTC)
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        sources = Sources(control).list()
        query = FaceQuery(
            source_ids=find_sources(sources, source),
            start=parse_from(from_, session.zone, now),
            end=parse_to(to, session.zone, now),
            least_score=least_score,
            limit=limit,
        )
        finder = FaceFinder(control, session.settings.encoding.encoder, session.settings.identity)
        findings = finder.find(_face(session, control, finder, image, sighting), query)
        people = _names(control)
    _show(session, findings, {one.source_id: one.label for one in sources}, people, as_json=as_json)
    raise typer.Exit(ExitCode.OK if findings.n_same else ExitCode.NO)


def _face(
    session: Session, control: Control, finder: FaceFinder, image: Path | None, sighting: str | None
) -> VectorF32:
    """`(D,)` float32 of unit length: the face that is searched for; the audit log has the search."""
    from dashboards.cli.identities.looking import look_at, models_of
    from dashboards.cli.progress import waiting
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.errors import NoFaceFound

    log = AuditLog(control)
    with waiting("reading faces that are new in the record"):
        finder.refresh()
    if image is None:
        face, row = finder.face_of(sighting or "")
        log.append(ACTION, row.person_id or "", who=current_user(), detail=f"by the face of {row.sighting_id}")
        return face
    (report,) = look_at([image], models_of(session, session.settings.encoding.encoder))
    log.append(ACTION, "", who=current_user(), image_sha256=report.sha256)
    if report.embedding is None:
        raise NoFaceFound(f"{image}: {report.message}")
    return report.embedding


def _names(control: Control) -> dict[str, str]:
    from pipeline.control.gallery.people import People

    return {person.person_id: person.name for person in People(control).list_people()}


def _show(
    session: Session, findings: Findings, labels: Mapping[str, str], people: Mapping[str, str], *, as_json: bool
) -> None:
    if as_json:
        emit_json(_payload(findings, labels))
        return
    words = f"{findings.n_tracks:,} tracks compared; the same face from {findings.threshold:.4f} on"
    if findings.found:
        _print(session, findings, labels, people)
    else:
        answers().print("nobody like that was seen")
    answers().print(f"{words} ({findings.threshold_source})", markup=False)


def _payload(findings: Findings, labels: Mapping[str, str]) -> dict[str, object]:
    from dashboards.cli.record.tables import sighting_payloads

    rows = sighting_payloads([one.sighting for one in findings.found], labels)
    judged = [
        {"score": one.score, "likeness": one.likeness, "track_id": one.track_id, **row}
        for one, row in zip(findings.found, rows, strict=True)
    ]
    return {
        "encoder": findings.encoder,
        "threshold": findings.threshold,
        "uncertain_threshold": findings.uncertain_threshold,
        "threshold_source": findings.threshold_source,
        "n_tracks": findings.n_tracks,
        "found": judged,
    }


def _print(session: Session, findings: Findings, labels: Mapping[str, str], people: Mapping[str, str]) -> None:
    from rich.markup import escape

    from dashboards.moments import show_moment
    from pipeline.reports.durations import format_duration, format_time_code
    from pipeline.reports.html.grouping import name_of

    made = table("score", "which is", "person", "source", "begins", "at", "presence", right=("score", "at", "presence"))
    for one in findings.found:
        row = one.sighting
        made.add_row(
            f"{one.score:.3f}",
            f"[{LIKENESS_STYLES[one.likeness]}]{LIKENESS_WORDS[one.likeness]}[/]",
            escape(name_of(row, people)),
            escape(labels.get(row.source_id, row.source_id)),
            show_moment(row.start_ts, session.zone),
            format_time_code(row.media_start_s),
            format_duration(row.presence_s),
        )
    answers().print(made)
