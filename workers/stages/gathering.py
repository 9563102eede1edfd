"""How long a worker waits for more chunks of live cameras, so that the batches of its network fill.

Footage never waits: its chunks are a batch each, whatever their company, so that a chunk done again comes out equal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gathering:
    """A batch is worked on when it is full, or when its first chunk has waited long enough."""

    most: int
    """Chunks of a full batch."""
    deadline_s: float
    """Longest wait of the first chunk, in seconds: small beside the second in which a live face is to be shown."""

    def patience_s(self, n_chunks: int, waited_s: float) -> float:
        """How long still to wait for more, in seconds, with `n_chunks` in hand, the first of them for `waited_s`."""
        if n_chunks == 0 or n_chunks >= self.most:
            return 0.0
        return max(0.0, self.deadline_s - waited_s)
