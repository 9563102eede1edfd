"""Watching runs until they are over: a bar for each file on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboards.cli.footage.views import BarView, LineView, View
from dashboards.cli.output import messages
from pipeline.intake.pace import Pace, media_done_s, pace_of

if TYPE_CHECKING:
    from pipeline.control.work.run_records import RunRecord
    from pipeline.control.work.runs import Runs

LOOK_EVERY_S = 0.25


@dataclass(slots=True)
class Watched:
    """One run that is being watched."""

    run: RunRecord
    samples_per_second: float
    since: tuple[float, float] | None = None
    """Wall clock and media time when the first chunk of this watch had been recorded."""
    pace: Pace = field(default_factory=lambda: Pace(0.0, None, 0, None))

    def look(self, run: RunRecord, now_s: float) -> None:
        """Take in the run's present state."""
        media_s = media_done_s(run.next_chunk, self.samples_per_second, run.duration_s)
        if self.since is None and run.next_chunk > self.run.next_chunk:
            self.since = (now_s, media_s)
        since = self.since or (now_s, media_s)
        self.run = run
        self.pace = pace_of(media_s, run.duration_s, run.counters.n_faces, since=since, now_s=now_s)


class Follower:
    """Shows how far runs are; `wait` comes back when all of them are over."""

    def __init__(self, runs: Runs, watched: Sequence[Watched], check: Callable[[], None]) -> None:
        """`check` is called at every look, and raises when the workers cannot go on."""
        self._runs = runs
        self._watched = list(watched)
        self._check = check

    def wait(self) -> list[RunRecord]:
        """The runs as they ended; raises what `check` raises, and `KeyboardInterrupt`."""
        view: View = BarView(self._watched) if messages().is_terminal else LineView()
        with view:
            while any(each.run.state.is_active for each in self._watched):
                self._check()
                time.sleep(LOOK_EVERY_S)
                for each in self._watched:
                    each.look(self._runs.get(each.run.run.run_id), time.monotonic())
                view.show(self._watched)
        return [each.run for each in self._watched]
