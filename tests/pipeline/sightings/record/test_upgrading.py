"""Records of an older Facetrail, whose files lack columns that came later."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.schemas import LeftOut
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import CoverageRow, reason_column
from tests.builders import START, make_coverage_row

REASONS = [reason_column(reason) for reason in LeftOut]
ALL = RowFilter()


@pytest.fixture
def old_store(tmp_path: Path) -> Store:
    """A record with one minute of coverage, as it was written before reasons were kept."""
    store = Store(tmp_path)
    store.prepare()
    write(store, make_coverage_row(minute=0, decoded=290))
    for path in tmp_path.glob("coverage/**/*.parquet"):
        pq.write_table(pq.ParquetFile(path).read().drop_columns(REASONS), path)
    return store


def write(store: Store, row: CoverageRow) -> None:
    with store.staging() as staging:
        store.stage_coverage(staging, [row])
        staging.publish()


def test_reasons_of_an_old_row_are_unknown(old_store: Store) -> None:
    (row,) = old_store.read_coverage(ALL)

    assert (row.dropped, row.dropped_late, row.failed_damaged) == (10, None, None)


def test_new_rows_join_those_of_an_old_file(old_store: Store) -> None:
    write(old_store, make_coverage_row(minute=1))

    assert [row.dropped_slowed for row in old_store.read_coverage(ALL)] == [None, 0]


def test_once_prepared_all_files_have_the_same_columns(old_store: Store) -> None:
    before = old_store.read_coverage(ALL)

    old_store.prepare()

    columns = {tuple(pq.read_schema(path).names) for path in old_store.data_dir.glob("coverage/**/*.parquet")}
    assert [names[-len(REASONS) :] for names in columns] == [tuple(REASONS)]
    assert old_store.read_coverage(ALL) == before
    found = pl.read_parquet(f"{old_store.data_dir}/coverage/**/*.parquet", hive_partitioning=True)
    assert found.filter(pl.col("minute_ts") >= START)["dropped_late"].to_list() == [None]


def test_what_is_prepared_already_is_left_alone(old_store: Store) -> None:
    old_store.prepare()
    marks = {path: path.stat().st_ino for path in old_store.data_dir.glob("coverage/**/*.parquet")}

    old_store.prepare()

    assert {path: path.stat().st_ino for path in old_store.data_dir.glob("coverage/**/*.parquet")} == marks
