"""Hours of watch lists: days, midnight, and the nights in which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import SettingsError
from pipeline.events.watch.hours import is_within, parse_hours

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        # 2026-03-02 is a Monday.
        ("08:00-18:00", "2026-03-02T07:59:59", False),
        ("08:00-18:00", "2026-03-02T08:00:00", True),
        ("08:00-18:00", "2026-03-02T17:59:59", True),
        ("08:00-18:00", "2026-03-02T18:00:00", False),
        ("22:00-06:00", "2026-03-02T23:00:00", True),
        ("22:00-06:00", "2026-03-03T05:59:59", True),
        ("22:00-06:00", "2026-03-03T06:00:00", False),
        ("mon-fri 18:00-07:00", "2026-03-07T06:59:00", True),  # Friday's night goes on into Saturday
        ("mon-fri 18:00-07:00", "2026-03-07T18:30:00", False),
        ("mon-fri 18:00-07:00", "2026-03-02T06:00:00", False),  # Sunday's would have, and has none
        ("sat,sun", "2026-03-08T12:00:00", True),
        ("sat,sun", "2026-03-09T00:00:00", False),
        ("fri-mon", "2026-03-08T12:00:00", True),
        ("fri-mon", "2026-03-04T12:00:00", False),
        ("Mon 00:00-24:00", "2026-03-02T23:59:59", True),
        ("18:00-24:00", "2026-03-02T23:59:59", True),
        ("18:00-24:00", "2026-03-03T00:00:00", False),
        ("sun 7:30-8:00", "2026-03-08T07:45:00", True),
    ],
)
def test_hours_hold_on_the_clock_on_the_wall(hours: str, moment: str, expected: bool) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)

    assert is_within([parse_hours(hours)], local.astimezone(UTC), BERLIN) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-29T00:59:00", True),  # 01:59 in winter time, the last minute before the jump
        ("2026-03-29T01:00:00", False),  # 03:00 in summer time: the night's third hour does not exist
        ("2026-10-25T00:30:00", True),  # 02:30 in summer time
        ("2026-10-25T01:30:00", True),  # 02:30 again, in winter time
        ("2026-10-25T02:00:00", False),  # 03:00
    ],
)
def test_night_in_which_clocks_change_ends_by_the_clock(moment: str, expected: bool) -> None:
    utc = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert is_within([parse_hours("22:00-03:00")], utc, BERLIN) is expected


def test_no_hours_are_all_hours() -> None:
    assert is_within([], datetime(2026, 3, 2, tzinfo=UTC), BERLIN)


def test_one_of_several_spans_is_enough() -> None:
    spans = [parse_hours("sat,sun"), parse_hours("mon-fri 18:00-07:00")]

    assert is_within(spans, datetime(2026, 3, 2, 19, 0, tzinfo=BERLIN), BERLIN)
    assert not is_within(spans, datetime(2026, 3, 2, 12, 0, tzinfo=BERLIN), BERLIN)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "always", "mon-fry", "mon-tue-wed", "25:00-26:00", "10:60-11:00", "24:01-02:00", "08:00-08:00", "8-18"],
)
def test_hours_that_are_not_understood_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="such as 'mon-fri 18:00-07:00'"):
        parse_hours(text)
