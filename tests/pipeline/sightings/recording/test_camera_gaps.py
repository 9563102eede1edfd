"""How long a camera was away, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.schemas import RunKey
from pipeline.sightings.recording.camera_gaps import MOST_MINUTES, gap_rows

DOOR = RunKey("door", "r_2")
BACK = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap_s", "expected"),
    [
        (-5, []),
        (0.2, []),
        (10, [(-1, 10.0)]),
        (60, [(-1, 60.0)]),
        (150, [(-3, 30.0), (-2, 60.0), (-1, 60.0)]),
    ],
)
def test_gap_is_told_backwards_from_the_beginning_of_the_run(gap_s: float, expected: list[tuple[int, float]]) -> None:
    rows = gap_rows(DOOR, BACK - timedelta(seconds=gap_s), BACK)

    assert [(row.minute, row.camera_down_s) for row in rows] == expected
    assert all(row.minute_ts == BACK + timedelta(minutes=row.minute) for row in rows)


def test_very_long_gap_is_told_in_part() -> None:
    assert len(gap_rows(DOOR, BACK - timedelta(days=400), BACK)) == MOST_MINUTES
