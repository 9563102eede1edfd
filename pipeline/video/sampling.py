"""The time grid of a run: which decoded frame fills which cell, and what becomes of the cells without one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from pipeline.schemas import LeftOut, Sample, SampleState


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one frame goes."""

    skipped: tuple[Sample, ...]
    """The cells between the frame before and this one, in which no frame began."""
    index: int | None
    """The cell that this frame fills; None when an earlier frame filled its cell."""


class Sampler(Protocol):
    """Gives each frame of a source, in order, its cell."""

    def place(self, media_time: Fraction, n_lost_before: int) -> Placement:
        """Where the frame shown at `media_time` seconds goes, after `n_lost_before` damaged ones."""
        ...

    def finish(self, end: Fraction, stated_end: Fraction | None) -> tuple[Sample, ...]:
        """The cells after the last frame, which is shown until `end`; those until `stated_end` have failed."""
        ...


def make_sampler(fps: float | None) -> Sampler:
    return EveryFrame() if fps is None else TimeGrid(Fraction(str(fps)))


class TimeGrid:
    """Cell n covers the media time from n / fps to (n + 1) / fps; the first frame in it fills it.

    A cell without a frame is unchanged when the frame before it simply lasted, and failed when something was lost.
    """

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps
        self._last_index = -1

    def place(self, media_time: Fraction, n_lost_before: int) -> Placement:
        index = int(media_time * self._fps)
        if index <= self._last_index:
            return Placement((), None)
        # Nothing can last from before the first frame.
        state = SampleState.FAILED if n_lost_before or self._last_index < 0 else SampleState.GATED
        return Placement(self._skip_to(index, state), self._fill(index))

    def finish(self, end: Fraction, stated_end: Fraction | None) -> tuple[Sample, ...]:
        lasting = self._skip_to(self._index_after(end), SampleState.GATED)
        missing = () if stated_end is None else self._skip_to(self._index_after(stated_end), SampleState.FAILED)
        return lasting + missing

    def _index_after(self, end: Fraction) -> int:
        return -int(-end * self._fps // 1)

    def _fill(self, index: int) -> int:
        self._last_index = index
        return index

    def _skip_to(self, index: int, state: SampleState) -> tuple[Sample, ...]:
        cells = range(self._last_index + 1, index)
        self._last_index = max(self._last_index, index - 1)
        reason = LeftOut.DAMAGED if state is SampleState.FAILED else None
        return tuple(Sample(cell, float(cell / self._fps), state, reason=reason) for cell in cells)


class EveryFrame:
    """Every frame is a sample, and so is everything lost between frames."""

    def __init__(self) -> None:
        self._next_index = 0
        self._last_time = Fraction(0)

    def place(self, media_time: Fraction, n_lost_before: int) -> Placement:
        skipped = self._lose(n_lost_before)
        index = self._next_index
        self._next_index += 1
        self._last_time = media_time
        return Placement(skipped, index)

    def finish(self, end: Fraction, stated_end: Fraction | None) -> tuple[Sample, ...]:
        return ()

    def _lose(self, count: int) -> tuple[Sample, ...]:
        cells = range(self._next_index, self._next_index + count)
        self._next_index += count
        last_s = float(self._last_time)
        return tuple(Sample(cell, last_s, SampleState.FAILED, reason=LeftOut.DAMAGED) for cell in cells)
