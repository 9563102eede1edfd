"""How far runs are, for somebody who looks now and then: each look is compared with the first of the last seconds."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from pipeline.control.work.run_records import RunRecord
from pipeline.intake.pace import Pace, media_done_s, pace_of
from pipeline.options import AnalysisOptions

WINDOW_S = 30.0
"""Looks so far back count for the pace, in seconds: long enough to be steady, short enough to follow a change."""
MOST_LOOKS = 64
USUAL_FPS = 25.0
"""Frames a second of a file of which every frame is looked at, until it has been read to its end."""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is."""

    part: float | None
    """Of the whole, 0..1; None while nobody knows how long it is."""
    pace: Pace


@dataclass(slots=True)
class _Looks:
    """Wall clock and media time of the last looks, in seconds."""

    at: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MOST_LOOKS))

    def add(self, now_s: float, media_s: float) -> tuple[float, float]:
        """The first look of the window. One that is further than this look is of an earlier attempt."""
        while self.at and (self.at[0][0] < now_s - WINDOW_S or self.at[0][1] > media_s):
            self.at.popleft()
        self.at.append((now_s, media_s))
        return self.at[0]


class ProgressKeeper:
    """Remembers looks at runs that go on; for all threads of a process."""

    def __init__(self) -> None:
        self._looks: dict[str, _Looks] = {}
        self._lock = threading.Lock()

    def look(self, run: RunRecord, now_s: float) -> RunProgress:
        """How far the run is at `now_s`, on a clock that never jumps; its pace can be told from the second look on."""
        media_s = _media_s(run)
        with self._lock:
            if not run.state.is_active:
                self._looks.pop(run.run.run_id, None)
                since = (now_s, media_s)
            else:
                since = self._looks.setdefault(run.run.run_id, _Looks()).add(now_s, media_s)
        pace = pace_of(media_s, run.duration_s, run.counters.n_faces, since=since, now_s=now_s)
        return RunProgress(_part(run, media_s), pace)


def _media_s(run: RunRecord) -> float:
    """Media time in the record, in seconds."""
    if run.state.is_complete and run.duration_s is not None:
        return run.duration_s
    if run.n_chunks and run.duration_s is not None:
        return run.duration_s * min(1.0, run.next_chunk / run.n_chunks)
    fps = AnalysisOptions.from_json(run.options_json).sampling.fps or USUAL_FPS
    return media_done_s(run.next_chunk, fps, run.duration_s)


def _part(run: RunRecord, media_s: float) -> float | None:
    if run.state.is_complete:
        return 1.0
    return media_s / run.duration_s if run.duration_s else None
