"""`facetrail timeline`: who was there when; one person's visits, or everybody's presence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, FromFlag, JsonFlag, SourceFlag, ToFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.record.selecting import wanted_sightings
from dashboards.cli.record.sightings import audit_search, show_sightings
from dashboards.cli.session import Session, open_database, open_existing

if TYPE_CHECKING:
    from pipeline.sightings.reading import Reading

EXAMPLES = examples(
    ("facetrail timeline", "everybody: first seen, last seen, how long"),
    ("facetrail timeline 'Ada Lovelace'", "her visits, over all sources"),
    ("facetrail timeline unknown-0003 --from 2026-05-01", "an unknown person's visits since a day"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `timeline`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(timeline)


def timeline(
    person: Annotated[
        str | None, typer.Argument(help="Name, person id, or an unknown-0001; everybody otherwise.", metavar="PERSON")
    ] = None,
    source: SourceFlag = None,
    from_: FromFlag = None,
    to: ToFlag = None,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a person's visits over all sources, or, without a person, when everybody was first and last seen.

    A search for a person is written to the audit log.
    """
    from pipeline.sightings.reading import read_sightings

    session = open_existing(data=data, time_zone=time_zone)
    with open_database(session) as control:
        wanted = wanted_sightings(session, control, person=person, source=source, from_=from_, to=to)
        audit_search(control, "timeline", wanted)
        reading = read_sightings(control, wanted)
    if person is None:
        _show_everybody(session, reading, as_json=as_json)
    else:
        show_sightings(session, reading, as_json=as_json)


def _show_everybody(session: Session, reading: Reading, *, as_json: bool) -> None:
    from dashboards.moments import show_moment
    from pipeline.reports.durations import format_duration
    from pipeline.reports.timeline import presence_by_person

    presences = presence_by_person(reading.sightings)
    if as_json:
        emit_json({"people": presences})
        return
    made = table("person", "first seen", "last seen", "presence", "sightings", right=("presence", "sightings"))
    for each in presences:
        first, last = show_moment(each.first_seen, session.zone), show_moment(each.last_seen, session.zone)
        made.add_row(each.person_name, first, last, format_duration(each.presence_s), str(each.n_sightings))
    answers().print(made if presences else "nobody was seen")
