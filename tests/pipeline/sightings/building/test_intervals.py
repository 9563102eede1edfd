"""Whether intervals of one person collide, and how long their union is."""

from __future__ import annotations

import pytest

from pipeline.sightings.building.intervals import Interval, is_free, take, union_length

TAKEN = [Interval(0, 2), Interval(4, 6)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Interval(2.5, 3.5), True),
        (Interval(2, 4), True),  # touches both: a cut track goes on where the one before ends
        (Interval(6, 9), True),
        (Interval(1, 3), False),
        (Interval(3, 5), False),
        (Interval(0.5, 1), False),
        (Interval(-1, 7), False),
        (Interval(5, 5), False),  # a single sample inside
        (Interval(4, 4), False),  # a single sample in which the other one begins
    ],
)
def test_interval_is_free_between_the_others(wanted: Interval, expected: bool) -> None:
    assert is_free(TAKEN, wanted) is expected


def test_nothing_taken_leaves_all_free() -> None:
    assert is_free([], Interval(0, 1))


def test_taken_intervals_stay_sorted() -> None:
    taken = [Interval(4, 6)]

    take(taken, Interval(0, 2))

    assert taken == TAKEN


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [([], 0), ([(1, 1)], 0), ([(0, 2), (4, 6)], 4), ([(0, 5), (1, 2)], 5), ([(3, 6), (0, 4)], 6)],
)
def test_union_counts_no_moment_twice(intervals: list[tuple[float, float]], expected: float) -> None:
    assert union_length(Interval(*interval) for interval in intervals) == expected
