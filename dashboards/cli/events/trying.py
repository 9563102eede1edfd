"""`facetrail events test`: does a target take what it is told?"""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json
from dashboards.cli.progress import waiting
from dashboards.cli.session import open_session

EXAMPLES = examples(
    ("facetrail events test office", "post a test event to the webhook `office`"),
    ("facetrail events test mqtt", "publish one to facetrail/test at the broker"),
)


def register(group: typer.Typer) -> None:
    """Add `events test`."""
    group.command("test", epilog=EXAMPLES)(try_out)


def try_out(
    target: Annotated[str, typer.Argument(help="A webhook of the settings, or mqtt.")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Send a test event to a target, once, and say what it answered.

    Nothing is queued or tried again. The exit code is 4 when the target did not take it.
    """
    import os
    from datetime import UTC, datetime

    from pipeline.events.delivery.policy import Answer
    from workers.delivery.trying import try_target

    session = open_session(data=data)
    with waiting(f"telling {target}"):
        outcome = try_target(session.settings, os.environ, target, datetime.now(UTC))
    is_taken = outcome.answer is Answer.TAKEN
    if as_json:
        emit_json({"target": target, "is_taken": is_taken, "answer": outcome.answer, "problem": outcome.problem})
    else:
        said = f"{target} took the test event" if is_taken else f"{target}: {outcome.answer}: {outcome.problem}"
        answers().print(said, markup=False)
    if not is_taken:
        raise typer.Exit(ExitCode.TROUBLE)
