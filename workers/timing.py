"""When something is due again."""

from __future__ import annotations

import time


class Every:
    """Due at once, and then at most every `every_s` seconds."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._due_at = 0.0

    def is_due(self) -> bool:
        """True when it is time; the next time is then `every_s` seconds away."""
        now = time.monotonic()
        if now < self._due_at:
            return False
        self._due_at = now + self._every_s
        return True

    def postpone(self, seconds: float) -> None:
        """Not before `seconds` from now."""
        self._due_at = max(self._due_at, time.monotonic() + seconds)
