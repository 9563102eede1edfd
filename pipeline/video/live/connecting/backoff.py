"""When to try a lost camera again: soon at first, then less and less often, and never all at once."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST_S = 0.5
MOST_S = 30.0
"""Longest wait for a camera that went away, in seconds."""
REFUSED_S = 30.0
MOST_REFUSED_S = 300.0
"""A camera that refuses us is asked less often: some lock the account after a few wrong passwords."""
STABLE_S = 60.0
"""A connection that lasted so long, in seconds, was a good one: the count of failures begins anew."""
JITTER = 0.5
"""The part of a wait that is left to chance, so that cameras behind one switch do not come back in step."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often in a row a camera could not be kept."""

    failures: int = 0
    is_refused: bool = False

    def failed(self, lasted_s: float, *, is_refused: bool = False) -> Backoff:
        """After one more failure, of a connection that lasted `lasted_s` seconds (0 when there was none)."""
        starts_anew = lasted_s >= STABLE_S or is_refused is not self.is_refused
        return Backoff(1 if starts_anew else self.failures + 1, is_refused)

    def wait_s(self, rng: random.Random) -> float:
        """Seconds to wait before the next attempt."""
        first, most = (REFUSED_S, MOST_REFUSED_S) if self.is_refused else (FIRST_S, MOST_S)
        longest = min(most, first * 2.0 ** min(max(self.failures - 1, 0), 16))
        return longest * (1 - JITTER * rng.random())
