"""How densely a camera is sampled when the stages behind cannot keep up: thinner before anything is thrown away."""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_STRIDE = 4
"""At the thinnest, every fourth cell: at 5 samples a second a track survives that with a little patience."""
FULL = 0.5
"""Fill of the outbox from which the pace slows."""
EMPTY = 0.1
"""Fill below which it may quicken."""
SLOW_AFTER_S = 0.5
"""Between two steps down, in seconds: each has to show its effect."""
QUICKEN_AFTER_S = 5.0
"""How long it must have been empty before a step up, in seconds, so that the pace does not swing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Every `stride`-th cell of the time grid is looked at."""

    stride: int = 1
    changed_s: float = float("-inf")
    calm_since_s: float | None = None

    def after(self, fill: float, now_s: float) -> Pace:
        """The pace once the outbox is found filled by `fill` (0..1) at `now_s`."""
        calm_since_s = (now_s if self.calm_since_s is None else self.calm_since_s) if fill < EMPTY else None
        if fill >= FULL and self.stride < MAX_STRIDE and now_s - self.changed_s >= SLOW_AFTER_S:
            return Pace(self.stride + 1, now_s)
        if self._may_quicken(calm_since_s, now_s):
            return Pace(self.stride - 1, now_s, now_s)
        return replace(self, calm_since_s=calm_since_s)

    def takes(self, index: int) -> bool:
        """Whether the cell `index` is looked at."""
        return index % self.stride == 0

    def _may_quicken(self, calm_since_s: float | None, now_s: float) -> bool:
        return self.stride > 1 and calm_since_s is not None and now_s - calm_since_s >= QUICKEN_AFTER_S
