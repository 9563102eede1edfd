"""Lines of the timeline: bars while they can be seen, densities beyond, and nothing counted twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dashboards.web.timeline.lines import Lines, LinesAsked, draw_lines
from dashboards.web.timeline.window import Window
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.queries import EVERYTHING, CatalogueQuery
from pipeline.sightings.rows import Status
from tests.builders_catalogue import FIRST_DAY, BusySite, write_busy_site


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """2,000 sightings of four people and some unknown ones in two days."""
    folder = tmp_path_factory.mktemp("busy")
    write_busy_site(folder, BusySite(n_sightings=2000, n_days=2, n_sources=2, n_people=4, n_unknowns=12))
    return Catalogue(folder)


def draw(catalogue: Catalogue, hours: float, query: CatalogueQuery = EVERYTHING, most_lines: int = 100) -> Lines:
    begin = FIRST_DAY + timedelta(hours=8)
    window = Window(begin, begin + timedelta(hours=hours))
    return draw_lines(catalogue, {}, LinesAsked(query=query, window=window, lane_px=1000, most_lines=most_lines))


def test_nobody_makes_no_lines(tmp_path: Path) -> None:
    assert draw(Catalogue(tmp_path), 1).lines == ()


def test_known_come_first_and_uncertain_last(busy: Catalogue) -> None:
    statuses = [line.subject.status for line in draw(busy, 30).lines]

    assert statuses == sorted(statuses, key=(Status.KNOWN, Status.UNKNOWN, Status.UNCERTAIN).index)


def test_short_stretch_is_shown_as_bars_all_of_them(busy: Catalogue) -> None:
    found = draw(busy, 0.5)

    assert all(len(line.bars) == line.n_sightings and not line.densities for line in found.lines)


def test_long_stretch_of_somebody_seen_often_is_shown_as_densities(busy: Catalogue) -> None:
    line = draw(busy, 40).lines[0]

    assert line.n_sightings > 100
    assert not line.bars
    assert max(density.first + density.n for density in line.densities) <= 250


def test_lines_left_out_are_counted(busy: Catalogue) -> None:
    every = draw(busy, 40)

    found = draw(busy, 40, most_lines=3)

    assert (len(found.lines), found.n_more) == (3, len(every.lines) - 3)


def test_filters_reach_the_lines(busy: Catalogue) -> None:
    query = CatalogueQuery(source_ids=frozenset({"camera_01"}), statuses=frozenset({Status.UNCERTAIN}))

    found = draw(busy, 40, query)

    assert {bar.source_id for line in found.lines for bar in line.bars} == {"camera_01"}
    assert {line.subject.status for line in found.lines} == {Status.UNCERTAIN}
    assert all(line.title.startswith("Perhaps p_") for line in found.lines)
