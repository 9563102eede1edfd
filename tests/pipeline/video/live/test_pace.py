"""The pace slows before pictures are lost, quickens when there is room for long, and does not swing."""

from __future__ import annotations

import pytest

from pipeline.video.live.pace import MAX_STRIDE, Pace


def pace_after(fills: list[float], pace: Pace | None = None, step_s: float = 0.2) -> list[int]:
    pace, strides = pace or Pace(), []
    for place, fill in enumerate(fills):
        pace = pace.after(fill, place * step_s)
        strides.append(pace.stride)
    return strides


def test_empty_outbox_leaves_the_pace_alone() -> None:
    assert set(pace_after([0.0] * 100)) == {1}


def test_full_outbox_slows_step_by_step_to_the_thinnest() -> None:
    strides = pace_after([0.6] * 20)

    assert strides == sorted(strides)
    assert (strides[0], strides[1], strides[-1]) == (2, 2, MAX_STRIDE)


def test_pace_between_full_and_empty_stays() -> None:
    assert set(pace_after([0.3] * 200, Pace(3))) == {3}


def test_pace_quickens_one_step_each_time_it_was_calm_for_long() -> None:
    strides = pace_after([0.0] * 60, Pace(3))

    assert [strides.index(2) * 0.2, strides.index(1) * 0.2] == pytest.approx([5.0, 10.0])


def test_one_busy_moment_begins_the_calm_anew() -> None:
    assert pace_after([0.0] * 24 + [0.2] + [0.0] * 24, Pace(2))[-1] == 2


def test_every_nth_cell_is_taken() -> None:
    assert [index for index in range(9) if Pace(3).takes(index)] == [0, 3, 6]
