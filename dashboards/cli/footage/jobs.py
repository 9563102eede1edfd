"""`facetrail jobs`: the runs over footage, what became of them; cancelling and trying again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, ZoneFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import open_database, open_existing
from pipeline.errors import InputError, NotFound

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord
    from pipeline.control.work.runs import Runs

EXAMPLES = examples(
    ("facetrail jobs", "every run and its state"),
    ("facetrail jobs --active", "what is being worked on"),
    ("facetrail jobs --cancel party.mp4", "stop it; what was recorded stays"),
    ("facetrail jobs --retry party.mp4", "go on where it stopped"),
)
STATE_STYLES = {"done": "green", "partial": "yellow", "failed": "red", "cancelled": "yellow"}


def register(app: typer.Typer, panel: str) -> None:
    """Add `jobs`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(jobs)


def jobs(
    cancel: Annotated[str | None, typer.Option(help="Stop this run: run id or file name.", metavar="RUN")] = None,
    retry: Annotated[str | None, typer.Option(help="Queue this failed or cancelled run again.", metavar="RUN")] = None,
    active: Annotated[bool, typer.Option("--active", help="Only runs that are not over.")] = False,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """List the runs over footage with their states: queued, ingesting, draining, done, partial, failed, cancelled.

    A cancelled or failed run keeps what it has recorded; trying again goes on from there.
    """
    from pipeline.control.work.runs import Runs

    session = open_existing(data=data, time_zone=time_zone)
    with open_database(session) as control:
        runs = Runs(control)
        if cancel is not None:
            found = [_cancel(session, control, cancel)]
        elif retry is not None:
            found = [_retry(session, control, retry)]
        else:
            found = _of_footage(runs.active() if active else runs.list())
    if as_json:
        emit_json({"jobs": [job_payload(run) for run in found]})
    else:
        _print_jobs(found, session.zone)


def find_run(runs: Runs, wanted: str) -> RunRecord:
    """The run of that id, or the newest of the file of that name; raises `NotFound`."""
    known = _of_footage(runs.list())
    hits = [run for run in known if wanted in {run.run.run_id, run.label, run.path, run.run.source_id}]
    if not hits:
        names = ", ".join(dict.fromkeys(run.label for run in known[-20:])) or "none yet"
        raise NotFound(f"no job {wanted!r}; there are: {names}")
    return hits[-1]


def _of_footage(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Without the connections of cameras, which nobody can try again; `camera list` tells of those."""
    from pipeline.sightings.rows import SourceKind

    return [run for run in runs if run.source_kind is SourceKind.FILE]


def job_payload(run: RunRecord) -> dict[str, object]:
    """A run as scripts see it."""
    return {
        "run_id": run.run.run_id,
        "source_id": run.run.source_id,
        "label": run.label,
        "path": run.path,
        "state": run.state,
        "duration_s": run.duration_s,
        "start_ts": run.start_ts,
        "clock": run.clock,
        "encoder": run.encoder,
        "gallery_version": run.gallery_version,
        "chunks_done": run.next_chunk,
        "chunks": run.n_chunks,
        "counters": run.counters,
        "problem": run.problem,
        "attempts": run.attempts,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
    }


def _cancel(session: Session, control: Control, wanted: str) -> RunRecord:
    from dashboards.cli.server import find_server
    from pipeline.control.work.runs import Runs
    from workers.footage.submission import cancel_run
    from workers.streams import RedisTransport

    run = find_run(Runs(control), wanted)
    if not run.state.is_active:
        raise InputError(f"{run.label} is {run.state} already; there is nothing to cancel")
    url = find_server(session)
    cancelled = cancel_run(control, RedisTransport(url) if url else None, run.run.run_id)
    say(f"cancelled; `facetrail jobs --retry {run.run.run_id}` goes on where it stopped")
    return cancelled


def _retry(session: Session, control: Control, wanted: str) -> RunRecord:
    from dashboards.cli.server import find_server
    from pipeline.control.work.runs import Runs
    from workers.footage.submission import hand_over, queue_again

    queued = queue_again(control, find_run(Runs(control), wanted))
    url = find_server(session)
    if url is None:
        say("queued; `facetrail up` works on what is queued")
    else:
        hand_over(url, [queued])
    return queued


def _print_jobs(found: list[RunRecord], zone: tzinfo) -> None:
    from dashboards.moments import show_moment

    if not found:
        answers().print("no jobs")
        return
    made = table("file", "state", "chunks", "faces", "changed", "run", "problem", right=("chunks", "faces"))
    for run in found:
        state = f"[{STATE_STYLES.get(run.state, 'cyan')}]{run.state}[/]"
        chunks = f"{run.next_chunk}/{'?' if run.n_chunks is None else run.n_chunks}"
        changed = show_moment(run.updated_at, zone)
        made.add_row(run.label, state, chunks, str(run.counters.n_faces), changed, run.run.run_id, run.problem or "")
    answers().print(made)
