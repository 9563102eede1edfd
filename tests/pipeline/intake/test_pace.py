"""How fast a run goes, and when it will be over."""

from __future__ import annotations

import pytest

from pipeline.intake.pace import media_done_s, pace_of


@pytest.mark.parametrize(
    ("next_chunk", "duration_s", "done_s"), [(0, 60.0, 0.0), (5, 60.0, 16.0), (5, 10.0, 10.0), (5, None, 16.0)]
)
def test_media_done_is_never_more_than_the_whole(next_chunk: int, duration_s: float | None, done_s: float) -> None:
    assert media_done_s(next_chunk, 5.0, duration_s) == done_s


def test_pace_is_unknown_at_first() -> None:
    pace = pace_of(3.0, 60.0, 0, since=(100.0, 0.0), now_s=100.5)

    assert (pace.times_realtime, pace.remaining_s) == (None, None)


def test_pace_says_how_long_is_left() -> None:
    pace = pace_of(30.0, 60.0, 7, since=(100.0, 10.0), now_s=105.0)

    assert (pace.times_realtime, pace.remaining_s) == (4.0, 7.5)
