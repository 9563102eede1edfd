"""The two ways of showing how far runs are: bars on a terminal, and lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from dashboards.cli.output import messages, say
from pipeline.reports.durations import format_duration, format_time_code

if TYPE_CHECKING:
    from dashboards.cli.footage.following import Watched

LINE_EVERY_S = 15.0
"""How often a line is written where there is no terminal to draw a bar on."""


class View(Protocol):
    """Something that shows runs while they go on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, watched: Sequence[Watched]) -> None:
        """Show the present state."""
        ...


class BarView:
    """A bar for each run: media time, times real time, time left, faces so far."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[media]}"),
            TextColumn("[cyan]{task.fields[speed]}[/]"),
            TextColumn("[dim]{task.fields[left]}[/]"),
            TextColumn("{task.fields[faces]}"),
        )
        self._progress = Progress(*columns, console=messages(), expand=True)
        self._tasks = {
            each.run.run.run_id: self._progress.add_task(
                _short(each.run.label), total=each.run.duration_s, media="", speed="", left="starting", faces=""
            )
            for each in watched
        }

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, watched: Sequence[Watched]) -> None:
        for each in watched:
            total = each.run.duration_s
            done = total if each.run.state.is_complete else each.pace.media_s
            self._progress.update(
                self._tasks[each.run.run.run_id],
                completed=done,
                media=media_text(each),
                speed=speed_text(each),
                left=left_text(each),
                faces=f"{each.pace.n_faces} faces",
            )


class LineView:
    """A line for each run now and then, and one at its end."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()
        self._ended: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, watched: Sequence[Watched]) -> None:
        is_due = time.monotonic() - self._last_s >= LINE_EVERY_S
        for each in watched:
            run_id = each.run.run.run_id
            is_over = not each.run.state.is_active
            if (is_over and run_id not in self._ended) or (is_due and not is_over):
                faces = f"{each.pace.n_faces} faces"
                say(f"{each.run.label}: {media_text(each)} {speed_text(each)} {each.run.state}, {faces}")
            if is_over:
                self._ended.add(run_id)
        if is_due:
            self._last_s = time.monotonic()


def media_text(watched: Watched) -> str:
    """Media time done, of the whole."""
    total = watched.run.duration_s
    done = format_time_code(total or 0.0) if watched.run.state.is_complete else format_time_code(watched.pace.media_s)
    return done if total is None else f"{done} of {format_time_code(total)}"


def speed_text(watched: Watched) -> str:
    """How many times faster than the footage plays."""
    speed = watched.pace.times_realtime
    return "" if speed is None else f"{speed:.1f}x"


def left_text(watched: Watched) -> str:
    """What is left, or the state that it is in."""
    if not watched.run.state.is_active:
        return str(watched.run.state)
    remaining = watched.pace.remaining_s
    return str(watched.run.state) if remaining is None else f"{format_duration(remaining)} left"


def _short(label: str, most: int = 32) -> str:
    return label if len(label) <= most else f"{label[: most - 9]}…{label[-8:]}"
