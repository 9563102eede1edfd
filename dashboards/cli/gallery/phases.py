"""Progress of work that has several parts, one after the other, in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboards.cli.output import messages

Follow = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
STEPS = 1000
"""Updates of the bar in one part, at most: of a million things nobody sees each."""


@contextmanager
def following() -> Iterator[Follow]:
    """A bar that begins anew with every part; yields the function that is told how far things are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True) as progress:
        task = progress.add_task("", total=None)

        def follow(what: str, done: int, total: int) -> None:
            if done == total or done % max(1, total // STEPS) == 0:
                progress.update(task, description=what, completed=done, total=total)

        yield follow
