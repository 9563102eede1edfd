"""The bar and the strip of what was looked at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dashboards.web.footage.coverage import MOST_CELLS, coverage_of
from pipeline.sightings.rows import CoverageRow


def make_minute(minute: int, decoded: int = 300, gated: int = 0, dropped: int = 0, failed: int = 0) -> CoverageRow:
    return CoverageRow(
        source_id="f_1",
        run_id="r_1",
        minute=minute,
        minute_ts=datetime(2026, 5, 1, tzinfo=UTC),
        expected=300,
        decoded=decoded,
        gated=gated,
        dropped=dropped,
        failed=failed,
        camera_down_s=0.0,
    )


def test_nothing_is_covered_by_nothing() -> None:
    coverage = coverage_of([])

    assert (coverage.fates, coverage.cells, coverage.part_seen) == ((), (), 1.0)


def test_every_sample_is_counted_once() -> None:
    coverage = coverage_of([make_minute(0, decoded=100, gated=200), make_minute(1, decoded=150, failed=50)])

    assert {fate.name: fate.n_samples for fate in coverage.fates} == {"decoded": 250, "gated": 200, "failed": 50}
    assert coverage.part_seen == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("minute", "kind"),
    [
        (make_minute(0), "decoded"),
        (make_minute(0, decoded=10, gated=290), "gated"),
        (make_minute(0, decoded=299, dropped=1), "dropped"),
        (make_minute(0, decoded=298, dropped=1, failed=1), "failed"),
    ],
)
def test_cell_shows_the_worst_of_its_minutes(minute: CoverageRow, kind: str) -> None:
    assert [cell.kind for cell in coverage_of([minute]).cells] == [kind]


def test_hole_in_the_record_is_a_loss() -> None:
    assert [cell.kind for cell in coverage_of([make_minute(0), make_minute(2)]).cells] == [
        "decoded",
        "failed",
        "decoded",
    ]


def test_long_footage_has_a_bounded_strip() -> None:
    cells = coverage_of([make_minute(minute) for minute in range(1000)]).cells

    assert len(cells) <= MOST_CELLS
    assert cells[-1].first_minute + cells[-1].n_minutes >= 1000
