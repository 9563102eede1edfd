"""`facetrail events dead`: events that could not be delivered, and another try for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, open_database, open_existing
from dashboards.moments import show_moment

if TYPE_CHECKING:
    from pipeline.control.live.deliveries import Backlog, DeadLetter

EXAMPLES = examples(
    ("facetrail events dead", "what could not be delivered, why, and what still waits"),
    ("facetrail events dead --target office --retry", "the office's address works again: send them once more"),
)


def register(group: typer.Typer) -> None:
    """Add `events dead`."""
    group.command("dead", epilog=EXAMPLES)(dead)


def dead(
    target: Annotated[
        str | None, typer.Option("--target", help="Only this target: a webhook, or mqtt.", metavar="NAME")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Let them wait for delivery once more.")] = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """List events that were given up, and how many wait for each target; with --retry they wait once more.

    Dead letters are kept for 30 days. What is retried goes before what is newer; a running Facetrail sends it at once.
    """
    from datetime import UTC, datetime

    from pipeline.control.live.deliveries import Deliveries

    session = open_existing(data=data)
    with open_database(session) as control:
        queue = Deliveries(control)
        letters = queue.dead(target)
        n_retried = queue.retry([letter.seq for letter in letters], datetime.now(UTC)) if retry else 0
        waiting = [backlog for backlog in queue.backlog() if target in {None, backlog.target}]
    if as_json:
        emit_json({"dead": letters, "retried": n_retried, "waiting": waiting})
        return
    _print(session, letters, waiting)
    if retry:
        say(f"{n_retried} of them wait for delivery once more")


def _print(session: Session, letters: Sequence[DeadLetter], waiting: Sequence[Backlog]) -> None:
    made = table("target", "event", "camera", "queued", "given up", "tries", "why", right=("tries",))
    for letter in letters:
        moments = (show_moment(moment, session.zone) for moment in (letter.queued_at, letter.finished_at))
        made.add_row(letter.target, letter.kind, letter.source_id, *moments, str(letter.tries), letter.problem)
    answers().print(made if letters else "nothing was given up")
    for backlog in waiting:
        since = show_moment(backlog.oldest_queued_at, session.zone)
        answers().print(f"{backlog.n_waiting} wait for {backlog.target}, the oldest since {since}", markup=False)
