"""`facetrail submit`: queue footage for the workers that are running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag, StartFlag, ZoneFlag
from dashboards.cli.footage.jobs import job_payload
from dashboards.cli.footage.sampling import AS_SET, LookFlags, with_look_flags
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session
from pipeline.errors import InputError

if TYPE_CHECKING:
    from dashboards.cli.footage.intake import Intake
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord

EXAMPLES = examples(
    ("facetrail up &  facetrail submit footage/", "queue a folder for the workers that are running"),
    ("facetrail submit party.mp4 --wait", "and wait until it is done"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `submit`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(with_look_flags(submit))


def submit(
    videos: Annotated[
        list[Path], typer.Argument(help="Videos, folders of videos, or patterns.", metavar="VIDEO...", readable=False)
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all are done.")] = False,
    look: LookFlags = AS_SET,
    start_time: StartFlag = None,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Queue footage, to be analysed by the workers of `facetrail up`; with none running it waits for them.

    A file that was analysed before is not analysed again.
    """
    from dashboards.cli.footage.intake import sift, take_in
    from dashboards.moments import parse_moment
    from pipeline.intake.videos import list_videos

    flags = look.sections()
    session = open_session(data=data, time_zone=time_zone, **flags)
    begins = None if start_time is None else parse_moment(start_time, "--start-time", session.zone)
    found = sift(session, list_videos(videos))
    url = _find_server(session, is_needed=wait)
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        intake = take_in(session, control, found, begins)
        runs = _hand_over(session, control, url, intake, wait=wait)
    if as_json:
        emit_json({"jobs": [job_payload(run) for run in runs], "refused": intake.refused})
    else:
        _print_runs(runs)
    is_whole = not intake.refused and not any(run.state in {"failed", "partial", "cancelled"} for run in runs)
    raise typer.Exit(ExitCode.OK if is_whole else ExitCode.PARTIAL)


def _find_server(session: Session, *, is_needed: bool) -> str | None:
    from dashboards.cli.server import find_server

    url = find_server(session)
    if url is None and is_needed:
        raise InputError(
            f"nothing runs on {session.data_dir} that could be waited for; start it with `facetrail up`, "
            "or use `facetrail analyze`, which brings its own workers"
        )
    return url


def _hand_over(session: Session, control: Control, url: str | None, intake: Intake, *, wait: bool) -> list[RunRecord]:
    from dashboards.cli.footage.running import follow, watch
    from workers.footage.submission import hand_over
    from workers.stack.running import find_running_stack

    if url is None:
        if intake.pending:
            say("queued; `facetrail up` works on what is queued")
        return list(intake.runs)
    hand_over(url, intake.pending)
    if not wait or not intake.pending:
        return list(intake.runs)
    stack = find_running_stack(session.data_dir)
    ended = {run.run.run_id: run for run in follow(control, stack, watch(intake.pending))}
    return [ended.get(run.run.run_id, run) for run in intake.runs]


def _print_runs(runs: list[RunRecord]) -> None:
    made = table("file", "state", "run", "source id")
    for run in runs:
        made.add_row(run.label, str(run.state), run.run.run_id, run.run.source_id)
    answers().print(made)
