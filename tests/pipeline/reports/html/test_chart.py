"""Bars stand where their sightings are."""

from __future__ import annotations

from datetime import UTC, timedelta

from pipeline.reports.html.chart import chart_of
from tests.builders import START, make_coverage_row, make_sighting
from tests.builders_reports import make_source


def test_source_of_unknown_length_is_as_long_as_what_is_known() -> None:
    sighting = make_sighting(start=START + timedelta(seconds=10), seconds=10)

    chart = chart_of(make_source(duration_s=None), [sighting], [], {}, UTC)

    assert (chart.lanes[0].bars[0].left_pct, chart.lanes[0].bars[0].width_pct) == (50.0, 50.0)


def test_bar_says_who_when_and_how_sure() -> None:
    sighting = make_sighting(start=START + timedelta(seconds=30), seconds=15)

    (bar,) = chart_of(make_source(), [sighting], [], {}, UTC).lanes[0].bars

    assert (bar.left_pct, bar.width_pct) == (50.0, 25.0)
    assert bar.title == "Ada: 0:00:30.0–0:00:45.0, seen for 15 s, score 0.960"


def test_strip_shows_how_much_was_watched() -> None:
    coverage = [make_coverage_row(expected=300, decoded=100, gated=125, failed=75)]

    (minute,) = chart_of(make_source(), [], coverage, {}, UTC).minutes

    assert (minute.width_pct, minute.watched_pct) == (100.0, 75.0)
