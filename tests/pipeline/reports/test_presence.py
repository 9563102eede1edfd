"""Presence counts no moment twice."""

from __future__ import annotations

from datetime import timedelta

from pipeline.reports.presence import Portion, presence_of
from tests.builders import START, make_sighting


def portion(offset_s: float, seconds: float, presence_s: float) -> Portion:
    begin = START + timedelta(seconds=offset_s)
    return Portion(make_sighting(start=begin, seconds=seconds), begin, begin + timedelta(seconds=seconds), presence_s)


def test_no_sightings_no_presence() -> None:
    assert presence_of([]) == 0


def test_presence_of_sightings_apart_is_their_sum() -> None:
    assert presence_of([portion(0, 40, 30), portion(60, 20, 20)]) == 50


def test_two_sources_at_once_count_once() -> None:
    assert presence_of([portion(0, 60, 60), portion(30, 60, 60)]) == 90
