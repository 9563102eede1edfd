"""Having runs worked off: by the workers that run on the data folder, or by some started for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dashboards.cli.exits import ExitCode
from dashboards.cli.footage.following import Follower, Watched
from dashboards.cli.output import say
from pipeline.errors import PipelineError, TransportLost
from pipeline.reports.durations import format_time_code

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord
    from pipeline.options import AnalysisOptions
    from workers.stack.running import RunningStack

USUAL_FPS = 25.0
"""Frames a second of a file that does not say how many it has."""


def work_off(session: Session, control: Control, pending: Sequence[RunRecord]) -> list[RunRecord]:
    """Wait until every run is over; returns them as they ended.

    Workers are started unless some run on the data folder, and only when there is work. Ctrl-C leaves with code 130 and
    says how to go on. Raises `PipelineError` when the workers cannot go on.
    """
    if not pending:
        return []
    from workers.footage.submission import hand_over
    from workers.stack.running import FoundStack, running_stack

    watched, has_joined = watch(pending), False
    try:
        while True:
            with running_stack(session.settings) as stack, _tolerating_its_end(stack):
                has_joined = isinstance(stack, FoundStack)
                hand_over(stack.url, _still_active(control, pending))
                return follow(control, stack, watched)
            say("the Facetrail that did the work has ended; going on with workers of our own")
    except KeyboardInterrupt:
        _say_how_to_go_on(watched, has_joined=has_joined)
        raise typer.Exit(ExitCode.INTERRUPTED) from None


@contextmanager
def _tolerating_its_end(stack: RunningStack) -> Iterator[None]:
    """Leave the block quietly when a stack of another process ends in the middle of it."""
    try:
        yield
    except TransportLost:
        if stack.is_alive():
            raise


def _still_active(control: Control, runs: Sequence[RunRecord]) -> list[RunRecord]:
    from pipeline.control.work.runs import Runs

    return [run for run in map(Runs(control).get, (run.run.run_id for run in runs)) if run.state.is_active]


def follow(control: Control, stack: RunningStack | None, watched: Sequence[Watched]) -> list[RunRecord]:
    """Show progress until all runs are over.

    Raises `PipelineError` when the workers of `stack` cannot go on; of others nothing is known here.
    """
    from pipeline.control.work.runs import Runs

    check = (lambda: None) if stack is None else _health_check(stack)
    return Follower(Runs(control), watched, check).wait()


def watch(pending: Sequence[RunRecord]) -> list[Watched]:
    """Runs to be watched, with how many samples make a second of each."""
    return [Watched(run, samples_per_second(run)) for run in pending]


def samples_per_second(run: RunRecord) -> float:
    """How many samples make a second of the run's media."""
    from pipeline.options import AnalysisOptions

    options = AnalysisOptions.from_json(run.options_json)
    return options.sampling.fps or _frames_per_second(run, options)


def _frames_per_second(run: RunRecord, options: AnalysisOptions) -> float:
    from pipeline.video.files.source import probe_source

    if run.path is None:
        return USUAL_FPS
    return probe_source(Path(run.path), options.sampling.largest_side).fps_average or USUAL_FPS


def _health_check(stack: RunningStack) -> Callable[[], None]:
    def check() -> None:
        problem = stack.health().problem
        if problem is not None:
            raise PipelineError(
                f"the work cannot go on: {problem}. What is done is on record; the same command goes on"
            )
        if not stack.is_alive():
            raise TransportLost("the Facetrail that did the work has ended; the same command goes on with the rest")

    return check


def _say_how_to_go_on(watched: Sequence[Watched], *, has_joined: bool) -> None:
    for each in watched:
        if each.run.state.is_active:
            say(f"{each.run.label}: on record up to {format_time_code(each.pace.media_s)}")
    if has_joined:
        say("the work goes on in the Facetrail that is running; `facetrail jobs` shows it")
    else:
        say("stopped; the same command goes on from there")
