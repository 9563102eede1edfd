"""Marks of the axis stand at round times."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.reports.html.axis import axis_ticks


def test_empty_source_has_no_marks() -> None:
    assert axis_ticks(0.0, None, UTC) == ()


@pytest.mark.parametrize(
    ("duration_s", "labels"),
    [
        (4.0, ["0:00", "0:01", "0:02", "0:03", "0:04"]),
        (65.4, ["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00"]),
        (7384.0, ["0:00", "30:00", "1:00:00", "1:30:00", "2:00:00"]),
    ],
)
def test_marks_are_round_and_few(duration_s: float, labels: list[str]) -> None:
    assert [tick.media for tick in axis_ticks(duration_s, None, UTC)] == labels


def test_marks_lie_on_the_axis() -> None:
    ticks = axis_ticks(86400.0 * 3, None, UTC)

    assert all(0 <= tick.left_pct <= 100 for tick in ticks)


def test_wall_clock_follows_daylight_saving() -> None:
    before_the_change = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)

    ticks = axis_ticks(7200.0, before_the_change, ZoneInfo("Europe/Berlin"))

    assert [tick.clock for tick in ticks[::2]] == ["01:30:00", "03:00:00", "03:30:00", "04:00:00", "04:30:00"]
