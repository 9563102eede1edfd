"""Intervals of one person's presence in one source, in media seconds: whether they collide, how long their union is."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """From the first to the last sample of a track."""

    start_s: float
    end_s: float


def is_free(taken: Sequence[Interval], wanted: Interval) -> bool:
    """Whether `wanted` collides with none of `taken`, which are sorted and do not collide with each other.

    Intervals that only touch do not collide: a track that was cut for its length ends where the next one begins.
    """
    place = bisect(taken, wanted)
    return not any(_collide(wanted, other) for other in taken[max(place - 1, 0) : place + 1])


def take(taken: list[Interval], wanted: Interval) -> None:
    """Enter an interval that is free into the sorted list."""
    insort(taken, wanted)


def union_length(intervals: Iterable[Interval]) -> float:
    """Seconds that at least one of the intervals covers."""
    total, reached = 0.0, float("-inf")
    for start_s, end_s in sorted(intervals):
        total += max(0.0, end_s - max(start_s, reached))
        reached = max(reached, end_s)
    return total


def _collide(one: Interval, other: Interval) -> bool:
    return one.start_s == other.start_s or (one.start_s < other.end_s and other.start_s < one.end_s)
