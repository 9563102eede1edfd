"""How long somebody was there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.reports.presence import portions_within, presence_of
from tests.builders import START, make_sighting

HOUR = timedelta(hours=1)


def test_no_sightings_no_presence() -> None:
    assert portions_within([], START, START + HOUR) == []
    assert presence_of([]) == 0


def test_sighting_inside_is_whole() -> None:
    [portion] = portions_within([make_sighting(seconds=40, presence_s=30)], START, START + HOUR)

    assert (portion.start_ts, portion.end_ts - portion.start_ts, portion.presence_s) == (
        START,
        timedelta(seconds=40),
        30,
    )


def test_sighting_across_the_edge_shares_out_its_presence() -> None:
    row = make_sighting(start=START - HOUR, seconds=4 * 3600, presence_s=3600)

    [portion] = portions_within([row], START, START + HOUR)

    assert (portion.start_ts, portion.end_ts, portion.presence_s) == (START, START + HOUR, 900)


@pytest.mark.parametrize(("offset_s", "n_portions"), [(-1, 0), (0, 1), (3599, 1), (3600, 0)])
def test_moment_belongs_to_the_span_that_begins_with_it(offset_s: float, n_portions: int) -> None:
    moment = make_sighting(start=START + timedelta(seconds=offset_s), seconds=0)

    assert len(portions_within([moment], START, START + HOUR)) == n_portions


def test_sighting_that_ends_as_the_span_begins_is_outside() -> None:
    assert portions_within([make_sighting(start=START - HOUR, seconds=3600)], START, START + HOUR) == []


def test_two_sources_at_once_count_once() -> None:
    rows = [make_sighting(seconds=60), make_sighting(start=START + timedelta(seconds=30), seconds=60)]

    assert presence_of(portions_within(rows, START, START + HOUR)) == 90
