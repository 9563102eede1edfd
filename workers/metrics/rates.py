"""Rates a second from counts that are looked at now and then."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

OVER_S = 10.0
"""A rate is told over at least so many seconds, however often somebody asks."""


class Rates:
    """Remembers earlier looks at counts by key; the time is an argument."""

    def __init__(self, over_s: float = OVER_S) -> None:
        self._over_s = over_s
        self._looks: deque[tuple[float, Mapping[str, float]]] = deque()

    def update(self, now_s: float, counts: Mapping[str, float]) -> dict[str, float]:
        """Rates since the look that is at least `over_s` old; none before there is such a look.

        A key that was not there begins at nought; a count that fell began anew at nought, too.
        """
        while len(self._looks) > 1 and now_s - self._looks[1][0] >= self._over_s:
            self._looks.popleft()
        earlier = self._looks[0] if self._looks and now_s - self._looks[0][0] >= self._over_s else None
        self._looks.append((now_s, dict(counts)))
        if earlier is None:
            return {}
        at_s, before = earlier
        return {key: _grown(before.get(key, 0.0), count) / (now_s - at_s) for key, count in counts.items()}


def _grown(before: float, now: float) -> float:
    return now - before if now >= before else now
