"""`facetrail evaluate`: compare the sightings of a video with a truth file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.session import Session, open_database, open_existing
from pipeline.errors import NotFound

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.work.sources import SourceRecord
    from pipeline.reports.evaluation import Evaluation
    from pipeline.reports.truth import TruthRow

EXAMPLES = examples(
    ("facetrail evaluate party.mp4 --truth party.csv", "leaves with 1 if anybody is missed or misnamed"),
    ("facetrail evaluate data/sample/sample.mp4 --truth data/sample/truth.csv --json", "for a script"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `evaluate`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(evaluate)


def evaluate(
    video: Annotated[
        str, typer.Argument(help="The video, its name, or its source id; it must be analysed.", metavar="VIDEO")
    ],
    truth: Annotated[
        Path, typer.Option(help="CSV with person,t_start,t_end,level (seconds; clear or hard).", metavar="CSV")
    ],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say how right the sightings of a video are: clear rows found, seconds of wrong names, extra sightings.

    A [bold]clear[/] row must be named; a [bold]hard[/] one may be missed, but not be named wrongly. Names are compared
    by the tracks' own intervals. Only enrolled people count as missed. Leaves with 1 unless everything is right.
    """
    from pipeline.reports.truth import read_truth

    rows = read_truth(truth)
    session = open_existing(data=data)
    with open_database(session) as control:
        source = _find_source(control, video)
        found = _compare(session, control, source, rows)
    if as_json:
        emit_json(_payload(source, found))
    else:
        _print_evaluation(source, found)
    raise typer.Exit(ExitCode.OK if found.is_perfect else ExitCode.NO)


def _find_source(control: Control, video: str) -> SourceRecord:
    from pipeline.control.work.sources import Sources
    from pipeline.video.identity import footage_source_id

    path = Path(video)
    try:
        source = Sources(control).find(footage_source_id(path) if path.is_file() else video)
    except NotFound as error:
        raise NotFound(f"{video} is not in the record; `facetrail analyze {video}` puts it there") from error
    if source.current_run_id is None:
        raise NotFound(f"{video} has not been analysed to its end; `facetrail jobs` says how far it is")
    return source


def _compare(session: Session, control: Control, source: SourceRecord, truth: list[TruthRow]) -> Evaluation:
    from pipeline.control.gallery.people import People
    from pipeline.reports.evaluation import evaluate as compare
    from pipeline.sightings.record.store import RowFilter, Store

    store, wanted = Store(session.data_dir), RowFilter(source_id=source.source_id, run_id=source.current_run_id)
    enrolled = {person.name for person in People(control).list_people()}
    return compare(truth, store.read_sightings(wanted), store.read_tracks(wanted), enrolled)


def _payload(source: SourceRecord, found: Evaluation) -> dict[str, object]:
    return {
        "source_id": source.source_id,
        "label": source.label,
        "is_perfect": found.is_perfect,
        "n_clear": len(found.clear),
        "n_found": found.n_found,
        "recall": found.recall,
        "wrong_s": found.wrong_s,
        "clear": found.clear,
        "wrong": found.wrong,
        "extra": [row.sighting_id for row in found.extra],
    }


def _print_evaluation(source: SourceRecord, found: Evaluation) -> None:
    from pipeline.reports.durations import format_media_span

    if found.clear:
        made = table("person", "clear to see", "note", "named")
        for clear in found.clear:
            span = format_media_span(clear.row.start_s, clear.row.end_s)
            made.add_row(clear.row.person, span, clear.row.note, "[green]yes[/]" if clear.is_found else "[red]no[/]")
        answers().print(made)
    for wrong in found.wrong:
        span = format_media_span(wrong.media_start_s, wrong.media_end_s)
        answers().print(f"wrong name: {wrong.person_name} {span} ({wrong.wrong_s:.1f} s)", style="red", markup=False)
    answers().print(
        f"{source.label}: {found.n_found} of {len(found.clear)} clear rows of enrolled people named, "
        f"{found.wrong_s:.1f} s of wrong names in {len(found.wrong)} tracks, {len(found.extra)} extra sightings",
        markup=False,
    )
