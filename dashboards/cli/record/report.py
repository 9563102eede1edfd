"""`facetrail report`: one self-contained HTML page of who was seen when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, FromFlag, JsonFlag, SourceFlag, ToFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json
from dashboards.cli.record.selecting import wanted_sightings
from dashboards.cli.session import open_database, open_existing

EXAMPLES = examples(
    ("facetrail report", "everything, in the data folder's reports"),
    ("facetrail report --source party.mp4 --out party.html", "one file"),
    ("facetrail report --from yesterday --to yesterday", "one day"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `report`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(report)


def report(
    out: Annotated[
        Path | None, typer.Option(help="The file to write (default: reports/ in the data folder).", metavar="FILE")
    ] = None,
    source: SourceFlag = None,
    from_: FromFlag = None,
    to: ToFlag = None,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a report: a chart of who was seen when, with pictures, time codes, scores, coverage and problems.

    It is one HTML file without scripts that needs nothing else: it can be mailed, printed and archived.
    """
    from dashboards.cli.record.pages import default_path, write_report

    session = open_existing(data=data, time_zone=time_zone)
    with open_database(session) as control:
        wanted = wanted_sightings(session, control, source=source, from_=from_, to=to)
        path = out or default_path(session.data_dir, wanted.source_ids)
        n_sightings = write_report(session, control, wanted, path)
    if as_json:
        emit_json({"report": path.resolve(), "n_sightings": n_sightings})
    else:
        answers().print(str(path), markup=False, soft_wrap=True)
