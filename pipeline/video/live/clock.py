"""When a live picture was taken: the camera's own clock, tied to ours by the pictures that took least long to come."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

BUCKET_S = 10.0
BUCKETS = 6
"""The tie is the least of the last minute: short enough to follow two clocks that drift apart (100 ppm are 6 ms)."""
MAX_STEP_BACK_S = 1.0
"""A larger step back of the camera's clock, in seconds, is a clock that began anew."""
MAX_LEAP_S = 5.0
"""So much further ahead than time has passed, in seconds, is one too."""
PAUSE_S = 0.5
"""So much lag, in seconds, of a picture that we waited for is a pause of the camera: nothing waits in front of us."""
IDLE_S = 0.005
"""From so many seconds on we waited for a picture, which cannot have been there before."""


@dataclass(frozen=True, slots=True)
class LiveMoment:
    """The time of one picture, in seconds on our clock."""

    captured_s: float
    """Never after its arrival, and never before that of the picture before."""
    arrived_s: float
    lag_s: float
    """How much longer it took than the quickest picture of the last minute: what waits in front of us."""


class StreamClock:
    """Places the pictures of one connection; what both clocks' offset and the shortest way add up to stays unknown."""

    def __init__(self) -> None:
        self._least: deque[tuple[int, float]] = deque(maxlen=BUCKETS)
        self._before: tuple[float, float] | None = None
        self._last_captured_s = float("-inf")

    def place(self, stamp_s: float | None, arrived_s: float, waited_s: float = 0.0) -> LiveMoment:
        """The moment of the next picture, by the camera's time stamp (None when it has none) and our clock.

        `waited_s` is how long we had waited for it: nothing, when it lay there already.
        """
        if stamp_s is None:
            return self._moment(arrived_s, arrived_s, 0.0)
        if self._before is not None and _is_jump(self._before, stamp_s, arrived_s):
            self._least.clear()
        if waited_s >= IDLE_S and self._least and arrived_s - stamp_s - self._tie_s > PAUSE_S:
            self._least.clear()
        self._before = (stamp_s, arrived_s)
        self._note(arrived_s - stamp_s, int(arrived_s // BUCKET_S))
        return self._moment(stamp_s + self._tie_s, arrived_s, arrived_s - stamp_s - self._tie_s)

    @property
    def _tie_s(self) -> float:
        """What has to be added to the camera's clock to have ours."""
        return min(offset for _, offset in self._least)

    def _note(self, offset: float, bucket: int) -> None:
        while self._least and self._least[0][0] <= bucket - BUCKETS:
            self._least.popleft()
        if self._least and self._least[-1][0] == bucket:
            self._least[-1] = (bucket, min(offset, self._least[-1][1]))
        else:
            self._least.append((bucket, offset))

    def _moment(self, captured_s: float, arrived_s: float, lag_s: float) -> LiveMoment:
        self._last_captured_s = min(arrived_s, max(captured_s, self._last_captured_s))
        return LiveMoment(self._last_captured_s, arrived_s, lag_s)


def _is_jump(before: tuple[float, float], stamp_s: float, arrived_s: float) -> bool:
    step, passed = stamp_s - before[0], arrived_s - before[1]
    return step < -MAX_STEP_BACK_S or step > passed + MAX_LEAP_S
