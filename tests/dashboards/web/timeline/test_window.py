"""Stretches of time and their marks, in a zone with daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dashboards.web.timeline.window import (
    Window,
    marks,
    range_of,
    step_from,
    window_around,
    window_between,
    window_over,
)
from pipeline.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
"""On that day 02:00 becomes 03:00 in Berlin."""


@pytest.mark.parametrize(("name", "hours"), [("hour", 1), ("day", 23), ("week", 7 * 24 - 1), ("month", 31 * 24 - 1)])
def test_ranges_are_those_of_the_wall_clock(name: str, hours: int) -> None:
    window = window_around(SPRING, name, BERLIN)

    assert window.span == timedelta(hours=hours)
    assert window.since <= SPRING < window.until
    assert range_of(window, BERLIN) == name


def test_unknown_range_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match="hour, day, week, month"):
        window_around(SPRING, "year", BERLIN)


def test_days_include_the_last_one() -> None:
    window = window_between("2026-03-28", "2026-03-29", BERLIN)

    assert window == Window(datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))


@pytest.mark.parametrize("until", ["2026-03-27T00:00", "2036-01-01", "yesterday noon"])
def test_impossible_stretches_are_refused(until: str) -> None:
    with pytest.raises(InputError):
        window_between("2026-03-28", until, BERLIN)


def test_next_and_previous_ranges_adjoin() -> None:
    day = window_around(SPRING, "day", BERLIN)

    assert step_from(day, "day", BERLIN, 1).since == day.until
    assert step_from(day, "day", BERLIN, -1).until == day.since


def test_hours_are_marked_by_the_wall_clock_and_the_one_that_is_skipped_is_not() -> None:
    labels = [mark.label for mark in marks(window_around(SPRING, "day", BERLIN), BERLIN, 24)]

    assert labels[:4] == ["Sun 29 Mar", "01:00", "03:00", "04:00"]
    assert len(labels) == 23


@pytest.mark.parametrize("hours", [1 / 3600, 1 / 60, 0.3, 1, 5, 24, 24 * 7, 24 * 31, 24 * 200])
def test_marks_ascend_and_are_neither_too_many_nor_none(hours: float) -> None:
    window = window_over(SPRING, SPRING + timedelta(hours=max(hours, 1 / 300)))

    found = marks(window, BERLIN, 12)

    assert 1 <= len(found) <= 13
    assert all(one.at < other.at for one, other in pairwise(found))
