"""What attendance reads of the record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.attendance.evidence.record import COVERAGE, SIGHTINGS, AttendanceRecord
from pipeline.schemas import RunKey
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock, Status
from tests.builders import START, make_coverage_row, make_sighting

DOOR = RunKey("door", "r_door")
DAY = START.date()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def write(store: Store, minutes: range, *sightings: str) -> None:
    with store.staging() as staging:
        store.stage_coverage(staging, [make_coverage_row(minute, run=DOOR) for minute in minutes])
        rows = [make_sighting(name, run=DOOR) for name in sightings]
        store.stage_sightings(staging, rows, RowFilter(source_id="door"))
        staging.publish()


def test_empty_record_has_no_files(store: Store) -> None:
    record = AttendanceRecord(store.data_dir)

    assert (record.files(SIGHTINGS, DAY), record.last_watched(["door"])) == ((), {})


def test_visits_come_by_run(store: Store) -> None:
    write(store, range(1), "s_1", "s_2")
    record = AttendanceRecord(store.data_dir)

    [run] = record.runs(record.files(SIGHTINGS, DAY))

    assert (run.source_id, run.run_id, run.clock, len(run.people["p_ada"].visits)) == (
        "door",
        "r_door",
        Clock.ARGUMENT,
        2,
    )


def test_unknown_people_are_no_visits(store: Store) -> None:
    with store.staging() as staging:
        rows = [make_sighting(person=None, status=Status.UNKNOWN, run=DOOR)]
        store.stage_sightings(staging, rows, RowFilter(source_id="door"))
        staging.publish()
    record = AttendanceRecord(store.data_dir)

    assert record.runs(record.files(SIGHTINGS, DAY)) == []


def test_files_are_read_anew_when_they_change(store: Store) -> None:
    record = AttendanceRecord(store.data_dir)
    write(store, range(1))
    [(_, before)] = record.minutes(record.files(COVERAGE, DAY))

    write(store, range(3))
    [(_, after)] = record.minutes(record.files(COVERAGE, DAY))

    assert (len(before.start_s), len(after.start_s)) == (1, 3)


def test_last_watched_is_the_end_of_the_newest_minute_of_any_day(store: Store) -> None:
    write(store, range(24 * 60, 24 * 60 + 10))
    write(store, range(5))

    found = AttendanceRecord(store.data_dir).last_watched(["door", "yard"])

    assert found == {"door": START + timedelta(days=1, minutes=10)}
