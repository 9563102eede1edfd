"""Which moments can belong to a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.attendance.report import needed_files
from pipeline.attendance.rules.settings import WEEK, ShiftSettings
from pipeline.attendance.rules.windows import plan_of, reach_of, window_of
from tests.pipeline.attendance.builders import BERLIN, MONDAY, at

DAY, NIGHT = ShiftSettings(start="09:00", end="17:00"), ShiftSettings(start="22:00", end="06:00", days=WEEK)
TUESDAY = MONDAY + timedelta(days=1)


def test_day_without_shifts_reaches_from_midnight_to_midnight() -> None:
    reach = reach_of(MONDAY, [], BERLIN)

    assert (reach.opens, reach.closes) == (at("00:00"), at("00:00", TUESDAY))


def test_night_shift_reaches_into_the_next_morning() -> None:
    assert reach_of(MONDAY, [DAY, NIGHT], BERLIN).closes == at("07:00", TUESDAY)


@pytest.mark.parametrize("before", [DAY, NIGHT, None])
@pytest.mark.parametrize("own", [DAY, NIGHT, None])
@pytest.mark.parametrize("after", [DAY, NIGHT, None])
def test_no_window_is_wider_than_the_reach(
    before: ShiftSettings | None, own: ShiftSettings | None, after: ShiftSettings | None
) -> None:
    days = (MONDAY - timedelta(days=1), MONDAY, TUESDAY)
    plans = [
        plan_of(day, "any" if shift else None, shift) for day, shift in zip(days, (before, own, after), strict=True)
    ]

    window, reach = window_of(*plans, BERLIN), reach_of(MONDAY, [DAY, NIGHT], BERLIN)

    assert reach.opens <= window.opens <= window.closes <= reach.closes


def test_time_that_comes_twice_is_the_first_of_the_two() -> None:
    """On 25 October 2026 clocks go back from three to two."""
    sunday, early = date(2026, 10, 25), ShiftSettings(start="02:30", end="10:30", days=WEEK)
    plans = [plan_of(sunday + timedelta(days=n), "early", early) for n in (-1, 0, 1)]

    window = window_of(*plans, BERLIN)

    assert window.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert window.end == datetime(2026, 10, 25, 9, 30, tzinfo=UTC)


def test_files_of_a_day_are_its_own_and_those_of_visits_that_last_into_it() -> None:
    """In Berlin an hour of Monday is Sunday in UTC; nobody's Monday ends on Tuesday without a night shift."""
    assert [str(day) for day in needed_files(reach_of(MONDAY, [DAY], BERLIN))] == [
        "2026-02-28",
        "2026-03-01",
        "2026-03-02",
    ]
