"""Days, moments and zones as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboards.moments import parse_day, parse_from, parse_moment, parse_to, show_moment
from pipeline.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T09:30", datetime(2026, 5, 1, 7, 30, tzinfo=UTC)),
        ("2026-05-01 09:30:05", datetime(2026, 5, 1, 7, 30, 5, tzinfo=UTC)),
        ("2026-05-01T09:30+00:00", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("2026-01-01T09:30", datetime(2026, 1, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_moment_without_offset_is_in_the_users_zone(text: str, moment: datetime) -> None:
    assert parse_moment(text, "--start-time", BERLIN) == moment


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01T00:00", "1.5.2026"])
def test_bad_moment_names_the_flag_and_what_would_be_right(text: str) -> None:
    with pytest.raises(InputError, match=r"--start-time .* 2026-05-01T09:30"):
        parse_moment(text, "--start-time", BERLIN)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59:59", "1899-12-31", "2200-01-01"])
def test_year_that_no_footage_has_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="1900 to 2199"):
        parse_moment(text, "--start-time", BERLIN)
    with pytest.raises(InputError, match="1900 to 2199"):
        parse_day(text[:10], "--from", date(2026, 5, 2))


@pytest.mark.parametrize(
    ("text", "day"), [("today", date(2026, 5, 2)), ("Yesterday", date(2026, 5, 1)), ("2026-02-28", date(2026, 2, 28))]
)
def test_day_may_be_a_word(text: str, day: date) -> None:
    assert parse_day(text, "--from", date(2026, 5, 2)) == day


def test_days_begin_and_end_at_local_midnight() -> None:
    assert parse_from("2026-03-29", BERLIN, NOW) == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert parse_to("2026-03-29", BERLIN, NOW) == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_no_bound_is_no_bound() -> None:
    assert parse_from(None, BERLIN, NOW) is None
    assert parse_to(None, BERLIN, NOW) is None


def test_moment_is_shown_with_its_offset() -> None:
    assert show_moment(datetime(2026, 5, 1, 7, 30, tzinfo=UTC), BERLIN) == "2026-05-01 09:30:00+02:00"
