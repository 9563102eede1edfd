"""What was left out during the last day, told from the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dashboards.web.system.drops import WORDS, Drop, DropWatch
from pipeline.schemas import LeftOut
from pipeline.sightings.record.store import Store
from tests.builders import START, make_coverage_row

NOW = START + timedelta(hours=20)


@pytest.fixture
def watch(tmp_path: Path) -> DropWatch:
    """A camera that was slow an hour ago and for long two days ago, and a file with damage."""
    minute = make_coverage_row(decoded=290)
    door = replace(minute, source_id="door", dropped_late=7, dropped_slowed=3)
    long_ago = replace(door, minute=1, minute_ts=START - timedelta(days=1, hours=1), dropped_late=300)
    again = replace(door, minute=2, minute_ts=START + timedelta(minutes=2), dropped_late=0)
    damaged = replace(minute, source_id="f_12ab", failed_damaged=10)
    store = Store(tmp_path)
    store.prepare()
    with store.staging() as staging:
        store.stage_coverage(staging, [door, long_ago, again, damaged])
        staging.publish()
    return DropWatch(tmp_path)


def test_reasons_of_the_last_day_are_added_up_by_camera(watch: DropWatch) -> None:
    assert watch.latest(["door"], NOW) == [Drop("door", LeftOut.LATE, 7), Drop("door", LeftOut.SLOWED, 6)]


def test_without_cameras_nothing_was_left_out(watch: DropWatch) -> None:
    assert watch.latest([], NOW) == []


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(LeftOut)
