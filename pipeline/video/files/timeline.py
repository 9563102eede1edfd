"""Media time from a stream's presentation time stamps, which may be missing, doubled, or jump."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

MAX_PAUSE_S = 3600
"""A longer step between two frames, in seconds, is a jump of the clock and no picture that lasted."""

MAX_STEP_BACK_S = 1
"""A larger step back, in seconds, is a clock that began anew; a smaller one is disorder."""


@dataclass(slots=True)
class MediaTimeline:
    """Places frames on a clock that begins with 0 at the first frame and never runs back.

    With `frame_s` as the usual time from frame to frame, a jump of the stream's clock continues one such step after
    the frame before. `n_jumps` counts them.
    """

    frame_s: Fraction
    first: Fraction | None = None
    """The stream's own time of its first frame, in seconds."""
    n_jumps: int = 0
    _last: Fraction | None = None
    _offset: Fraction = Fraction(0)

    def place(self, stamp: Fraction | None) -> Fraction:
        """The media time of the next frame, in seconds, from its `stamp` in the stream's own seconds."""
        if self.first is None:
            self.first = stamp if stamp is not None else Fraction(0)
        if self._last is None:
            time = Fraction(0) if stamp is None else max(Fraction(0), stamp - self.first)
        else:
            time = self._continue(self._last, stamp)
        self._last = time
        return time

    def _continue(self, last: Fraction, stamp: Fraction | None) -> Fraction:
        if stamp is None or self.first is None:
            return last + self.frame_s
        time = stamp - self.first + self._offset
        if last - MAX_STEP_BACK_S <= time <= last + MAX_PAUSE_S:
            return max(last, time)
        self.n_jumps += 1
        self._offset += last + self.frame_s - time
        return last + self.frame_s
