"""Durations and time codes, read and written."""

from __future__ import annotations

import pytest

from pipeline.errors import SettingsError
from pipeline.reports.durations import format_duration, format_media_span, format_time_code, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("90", 90),
        ("1.5", 1.5),
        ("90s", 90),
        ("500ms", 0.5),
        ("1.5m", 90),
        ("2 min", 120),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1h 30m 5s", 5405),
        ("1d", 86400),
        ("2:03", 123),
        ("90:00", 5400),
        ("1:02:03.5", 3723.5),
        (" 2H ", 7200),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, expected: float) -> None:
    assert parse_duration(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "soon", "-5s", "1:2:3:4", "1:99", "1:75:00", "5 apples", "1h30", "nan", "1,5s"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match="is no"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00:00.0"),
        (-0.01, "0:00:00.0"),
        (12.34, "0:00:12.3"),
        (59.96, "0:01:00.0"),
        (3723.5, "1:02:03.5"),
        (360000, "100:00:00.0"),
    ],
)
def test_time_codes_have_hours_minutes_seconds_and_tenths(seconds: float, expected: str) -> None:
    assert format_time_code(seconds) == expected
    assert parse_duration(expected) == pytest.approx(max(seconds, 0), abs=0.051)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (0.84, "0.8 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (65, "1 min 05 s"),
        (3599.6, "1 h 00 min"),
        (7380, "2 h 03 min"),
    ],
)
def test_durations_are_written_in_their_two_largest_units(seconds: float, expected: str) -> None:
    assert format_duration(seconds) == expected


def test_span_is_written_from_start_to_end() -> None:
    assert format_media_span(62.5, 68) == "0:01:02.5–0:01:08.0"
