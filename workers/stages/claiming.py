"""Taking over what is in dead hands: chunks of live cameras soon, those of footage with more patience."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workers.wire.transport import Delivery, Subscription, Transport

LIVE_IDLE_S = 1.5
"""Patience with whoever holds a live chunk, in seconds. Its work takes some tenths, and until it is over or taken over
nothing of its camera is recorded. To take from the living costs doing it twice."""


@dataclass(slots=True, eq=False)
class Claim:
    """Messages of some streams that nobody has touched for `idle_s` seconds, looked for twice in that time."""

    transport: Transport
    subscription: Subscription
    idle_s: float
    count: int
    """Most messages a stream at once."""
    clock: Callable[[], float] = time.monotonic
    _looked_at: float = field(default=float("-inf"), init=False)

    def take(self) -> Sequence[Delivery]:
        """What is to be taken over now; where there was something there is another look next time."""
        now = self.clock()
        if not self.subscription.streams or now - self._looked_at < self.idle_s / 2:
            return []
        taken = self.transport.claim_idle(self.subscription, self.idle_s, self.count)
        self._looked_at = float("-inf") if taken else now
        return taken
