"""Times, lengths and sizes read well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboards.web import words

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "–"),
        (0.0, "0.0 s"),
        (4.25, "4.2 s"),
        (42.0, "42 s"),
        (60.0, "1 min"),
        (200.0, "3 min 20 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations(seconds: float | None, told: str) -> None:
    assert words.duration(seconds) == told


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (timedelta(seconds=9), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1, hours=1), "yesterday"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_past_moments(past: timedelta, told: str) -> None:
    assert words.ago(NOW - past, NOW) == told


@pytest.mark.parametrize(
    ("n_bytes", "told"), [(None, "–"), (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (3.2e9, "3.2 GB")]
)
def test_sizes(n_bytes: float | None, told: str) -> None:
    assert words.size(n_bytes) == told


def test_moments_are_in_the_site_zone() -> None:
    assert words.moment(NOW, ZoneInfo("Europe/Berlin")) == "2026-05-01 14:00:00"
    assert words.moment(None, UTC) == words.NOTHING


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(0), "Fri 1 May 2026, 12:00:00"),
        (timedelta(seconds=7), "Fri 1 May 2026, 12:00:00 to 12:00:07"),
        (timedelta(hours=2), "Fri 1 May 2026, 12:00 to 14:00"),
        (timedelta(days=1), "Fri 1 May 2026, 12:00 to Sat 2 May 2026, 12:00"),
    ],
)
def test_stretches_say_each_day_once(length: timedelta, told: str) -> None:
    assert words.stretch(NOW, NOW + length, UTC) == told


def test_moment_of_another_day_says_which() -> None:
    assert words.when(NOW, NOW, UTC) == "12:00:00"
    assert words.when(NOW - timedelta(days=1), NOW, UTC) == "Thu 30 Apr, 12:00"
