"""Sections show the evidence, and say what they leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipeline.reports.html.people import MOST_CARDS, sections_of, wanted_thumbs
from tests.builders import START, make_sighting
from tests.builders_reports import make_report


def test_nobody_seen_makes_no_section() -> None:
    assert sections_of(make_report()) == ()


def test_long_list_is_cut_and_says_by_how_much() -> None:
    rows = tuple(make_sighting(f"s_{i}", start=START + timedelta(seconds=i * 10)) for i in range(MOST_CARDS + 3))

    (section,) = sections_of(make_report(sightings=rows))

    assert (len(section.cards), section.n_left_out, section.n_sightings) == (MOST_CARDS, 3, MOST_CARDS + 3)


def test_portrait_is_the_best_match() -> None:
    weak = replace(make_sighting("s_1"), thumb_ref="weak", best_score=0.94)
    strong = replace(make_sighting("s_2"), thumb_ref="strong", best_score=0.98)

    (section,) = sections_of(make_report(sightings=(weak, strong), thumbs={"strong": b"s", "weak": b"w"}))

    assert section.portrait == section.cards[1].picture


def test_each_picture_is_wanted_once() -> None:
    rows = [replace(make_sighting(f"s_{i}"), thumb_ref=ref) for i, ref in enumerate(["a", "b", "a", None])]

    assert sorted(wanted_thumbs(rows)) == ["a", "b"]
