"""Progress of things that last, on stderr: a bar in a terminal, and nothing but the end elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboards.cli.output import messages


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that counts to `total`; yields the function that is told how far things are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """A sign of life while something of unknown length happens."""
    with messages().status(what):
        yield


@contextmanager
def receiving(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar of bytes received out of `total`; yields the function that is told how many have come."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=messages(), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done if total is None else min(done, total))
