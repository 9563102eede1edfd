"""`facetrail source`: the footage and cameras of the record, and when their media began."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.session import open_database, open_existing

CLOCK_WORDS = {
    "live": "live",
    "argument": "as given",
    "metadata": "from metadata",
    "filename": "from file name",
    "mtime": "a guess: modification time",
}
LIST_EXAMPLES = examples(("facetrail source list", "every source, its start, and who says so"))
START_EXAMPLES = examples(
    ("facetrail source set-start party.mp4 2026-05-01T20:15", "in your own time zone"),
    ("facetrail source set-start f_0123456789abcdef 2026-05-01T20:15+02:00", "with an offset"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `source` with its commands."""
    group = typer.Typer(help="Footage and cameras of the record.", no_args_is_help=True, rich_markup_mode="rich")
    group.command("list", epilog=LIST_EXAMPLES)(show)
    group.command("set-start", epilog=START_EXAMPLES)(set_start)
    app.add_typer(group, name="source", rich_help_panel=panel)


def show(data: DataFlag = None, time_zone: ZoneFlag = None, as_json: JsonFlag = False) -> None:
    """List the sources with their length, their start and who vouches for it."""
    from dashboards.moments import show_moment
    from pipeline.control.work.sources import Sources
    from pipeline.reports.durations import format_duration

    session = open_existing(data=data, time_zone=time_zone)
    with open_database(session) as control:
        sources = Sources(control).list()
    if as_json:
        emit_json({"sources": sources})
        return
    made = table("source", "length", "starts", "clock", "source id", right=("length",))
    for source in sources:
        length = "?" if source.duration_s is None else format_duration(source.duration_s)
        starts = show_moment(source.start_ts, session.zone)
        made.add_row(source.label, length, starts, CLOCK_WORDS[source.clock], source.source_id)
    answers().print(made)


def set_start(
    source: Annotated[str, typer.Argument(help="Source id or file name.", metavar="SOURCE")],
    start: Annotated[str, typer.Argument(help="When its media began, such as 2026-05-01T20:15.", metavar="WHEN")],
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Correct when a source began: all its sightings move along, and attendance trusts it from then on."""
    from dashboards.cli import owner
    from dashboards.moments import parse_moment, show_moment
    from pipeline.control.work.sources import Sources

    session = open_existing(data=data, time_zone=time_zone)
    start_ts = parse_moment(start, "WHEN", session.zone)
    with open_database(session) as control:
        found = Sources(control).find(source)
        owner.set_start(session, control, found.source_id, start_ts)
        changed = Sources(control).get(found.source_id)
    if as_json:
        emit_json({"source": changed})
        return
    answers().print(f"{changed.label} starts {show_moment(changed.start_ts, session.zone)}", markup=False)
