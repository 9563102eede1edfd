"""`facetrail watch`: submit footage as it comes into folders."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag, ZoneFlag
from dashboards.cli.footage.sampling import AS_SET, LookFlags, with_look_flags
from dashboards.cli.output import emit_line, say, warn
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session
from pipeline.errors import InputError, SourceUnreadable

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.work.arrivals import Arrival
    from pipeline.intake.taking import Taken
    from workers.footage.watching import FolderRule

EXAMPLES = examples(
    (
        "facetrail watch /srv/nvr --recursive",
        "what recorders write, each file once it is whole; `facetrail up` works on it",
    ),
    ("facetrail watch inbox --move-to archive --settle 30", "what was taken moves on; what cannot be read stays"),
    ("facetrail watch inbox --once --json", "for a script: what is there now, one JSON line a file, then the end"),
)
LOOK_S = 1.0
"""Between two looks at the folders, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFile:
    """What became of one file, as a line of JSON."""

    path: Path
    state: str
    """taken, known (it was analysed or queued before), or refused."""
    source_id: str | None
    run_id: str | None
    problem: str | None


@dataclass(slots=True)
class _Outcome:
    """What was done so far."""

    n_taken: int = 0
    n_refused: int = 0
    lines: list[WatchedFile] = field(default_factory=list)


def register(app: typer.Typer, panel: str) -> None:
    """Add `watch`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(with_look_flags(watch))


def watch(
    folders: Annotated[list[Path], typer.Argument(help="Folders in which footage arrives.", metavar="FOLDER...")],
    recursive: Annotated[bool, typer.Option("--recursive", help="Also the folders below them.")] = False,
    settle: Annotated[
        float, typer.Option(min=0, max=86400, help="A file unchanged for so many seconds is whole.", metavar="SECONDS")
    ] = 10.0,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Leave out what is there when a folder is watched for the first time.")
    ] = False,
    move_to: Annotated[
        Path | None, typer.Option("--move-to", help="Move files here before they are analysed.", metavar="DIR")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, wait until it is whole, and end.")] = False,
    look: LookFlags = AS_SET,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Submit footage that arrives in folders, each file once it has stopped growing, until Ctrl-C.

    Hidden and unfinished names (.part, .tmp, ...) are left alone. What was there before is taken, too, and a restart
    takes nothing twice. A file that cannot be read is told once, and listed on the page of footage. The files are
    looked at again and again, so that network shares work as well. With --json there is one line a file.

    `watch_folders:` in facetrail.yaml lets `facetrail up` do the same.
    """
    from pipeline.intake.sections import sections_as_json
    from workers.footage.watching import FolderRule

    flags = look.sections()
    session = open_session(data=data, time_zone=time_zone, **flags)
    rules = [
        FolderRule(
            folder=folder,
            recursive=recursive,
            settle_s=settle,
            new_only=new_only,
            move_to=move_to,
            options_json=sections_as_json(flags),
        )
        for folder in folders
    ]
    _check(rules)
    with open_database(session) as control:
        outcome = _watch(adopt_encoder(session, control), control, rules, once=once, as_json=as_json)
    if once and outcome.n_refused:
        raise typer.Exit(ExitCode.PARTIAL if outcome.n_taken else ExitCode.WRONG_INPUT)


def _check(rules: Sequence[FolderRule]) -> None:
    for rule in rules:
        if not rule.folder.is_dir():
            raise SourceUnreadable(f"{rule.folder}: there is no such folder")
        if rule.move_to is not None and rule.move_to.resolve().is_relative_to(rule.folder.resolve()):
            raise InputError(f"--move-to {rule.move_to} lies in {rule.folder}, which is watched; choose one outside")


def _watch(session: Session, control: Control, rules: Sequence[FolderRule], *, once: bool, as_json: bool) -> _Outcome:
    from dashboards.cli.server import find_server
    from workers.footage.intake import Intake
    from workers.footage.watching import FolderWatcher, waiting_of

    watchers = [FolderWatcher(control, rule) for rule in rules]
    outcome = _Outcome()
    say(f"watching {', '.join(str(rule.folder) for rule in rules)}" + ("" if once else "; Ctrl-C ends"))
    if find_server(session) is None:
        say("no Facetrail runs on this data folder; what comes is queued until `facetrail up` does")
    with _until_told() as stop:
        while True:
            for watcher in watchers:
                watcher.look(time.monotonic())
            intake = Intake(control, session.settings, find_server(session))
            for arrival in waiting_of(control, watchers):
                _tell(intake.take(arrival), outcome, as_json=as_json)
            if (once and all(watcher.is_quiet for watcher in watchers)) or stop.wait(LOOK_S):
                return outcome


def _tell(taken: Taken, outcome: _Outcome, *, as_json: bool) -> None:
    arrival = taken.arrival
    outcome.n_refused += taken.run is None
    outcome.n_taken += taken.run is not None
    if as_json:
        emit_line(_line(arrival))
    elif arrival.problem is not None:
        warn(f"refused: {arrival.problem}")
    else:
        say(f"{arrival.state}: {arrival.path} ({arrival.source_id})")


def _line(arrival: Arrival) -> WatchedFile:
    return WatchedFile(
        path=arrival.path,
        state=arrival.state.value,
        source_id=arrival.source_id,
        run_id=arrival.run_id,
        problem=arrival.problem,
    )


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; a file in hand is finished first."""
    import signal

    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
