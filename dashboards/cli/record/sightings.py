"""`facetrail sightings`: the visits in the record, by person, source, status and time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, FromFlag, JsonFlag, PersonFlag, SourceFlag, ToFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json
from dashboards.cli.record.selecting import wanted_sightings
from dashboards.cli.session import Session, open_database, open_existing
from pipeline.sightings.rows import Status

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.sightings.filtering import SightingFilter
    from pipeline.sightings.reading import Reading

EXAMPLES = examples(
    ("facetrail sightings", "everybody, in order of time"),
    ("facetrail sightings --status unknown --min-duration 5s", "strangers who stayed"),
    ("facetrail sightings --person 'Ada Lovelace' --from yesterday --to today", "one person, two days"),
    ("facetrail sightings --source party.mp4 --json", "one file, for a script"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `sightings`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(sightings)


def sightings(
    person: PersonFlag = None,
    source: SourceFlag = None,
    status: Annotated[list[Status] | None, typer.Option(help="Only known, uncertain or unknown; repeatable.")] = None,
    from_: FromFlag = None,
    to: ToFlag = None,
    min_duration: Annotated[
        str, typer.Option(help="Only who was seen for so long: 5s, 1m30s.", metavar="LENGTH")
    ] = "0",
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """List sightings: who was seen, in which source, from when to when, and how sure that is.

    A search for a person is written to the audit log.
    """
    from pipeline.reports.durations import parse_duration
    from pipeline.sightings.reading import read_sightings

    session = open_existing(data=data, time_zone=time_zone)
    with open_database(session) as control:
        seen = wanted_sightings(session, control, person=person, source=source, from_=from_, to=to)
        statuses = frozenset(status) if status else None
        wanted = replace(seen, statuses=statuses, min_presence_s=parse_duration(min_duration))
        audit_search(control, "sightings", wanted)
        reading = read_sightings(control, wanted)
    show_sightings(session, reading, as_json=as_json)


def audit_search(control: Control, action: str, wanted: SightingFilter) -> None:
    """Note in the audit log that somebody searched for a person; a search for nobody in particular is no such thing."""
    from pipeline.control.audit import AuditLog, current_user

    if wanted.person_id is not None:
        AuditLog(control).append(action, wanted.person_id, who=current_user())


def show_sightings(session: Session, reading: Reading, *, as_json: bool) -> None:
    """Print sightings as a table or as JSON."""
    from dashboards.cli.record.tables import sighting_payloads, sightings_table

    if as_json:
        emit_json({"sightings": sighting_payloads(reading.sightings, reading.labels)})
        return
    if not reading.sightings:
        answers().print("no sightings")
        return
    seen_in = {row.source_id for row in reading.sightings}
    labels = {source_id: label for source_id, label in reading.labels.items() if source_id in seen_in}
    several = labels if len(labels) > 1 else None
    answers().print(sightings_table(reading.sightings, session.zone, people=reading.people, labels=several))
