"""The Parquet record: what was written is read back alike, by us and by the libraries that others use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from pipeline.errors import StoreDamaged
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.staging import Staging
from pipeline.sightings.record.store import RowFilter, Store
from tests.builders import (
    RUN,
    START,
    make_coverage_row,
    make_embedding_row,
    make_sighting,
    make_track_row,
    make_vector,
)
from tests.builders_recording import World, make_seen, open_world

ALL = RowFilter()
PARTS = ("tracks", "sightings", "coverage", "embeddings")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path / "data")
    yield opened
    opened.control.close()


def publish(store: Store, stage: Callable[[Staging], None]) -> None:
    with store.staging() as staging:
        stage(staging)
        staging.publish()


def test_empty_folder_has_no_rows(store: Store) -> None:
    assert store.read_tracks(ALL) == []
    assert store.read_embeddings("dlib-resnet", ALL) == {}
    assert store.sightings_frame(ALL).empty
    assert store.encoders() == []


def test_tracks_come_back_as_they_were(store: Store) -> None:
    rows = [make_track_row("t_2", start_s=5000.25), make_track_row("t_1", start_s=1.5)]

    publish(store, lambda staging: store.stage_tracks(staging, rows))

    assert store.read_tracks(ALL) == [rows[1], rows[0]]


def test_sightings_come_back_as_they_were(store: Store) -> None:
    rows = [make_sighting(), replace(make_sighting(), sighting_id="s_2", person_id=None, person_name=None, margin=None)]

    publish(store, lambda staging: store.stage_sightings(staging, rows, RowFilter(source_id=RUN.source_id)))

    assert store.read_sightings(ALL) == sorted(rows, key=lambda row: row.sighting_id)


def test_coverage_comes_back_as_it_was(store: Store) -> None:
    row = make_coverage_row()

    publish(store, lambda staging: store.stage_coverage(staging, [row]))

    assert store.read_coverage(ALL) == [row]


def test_embeddings_come_back_to_the_bit(store: Store) -> None:
    track = make_track_row("t_1")
    best = np.stack([make_vector(1), make_vector(2), make_vector(3)])
    row = replace(make_embedding_row("t_1", template=make_vector(7, cosine=0.5)), best_embeddings=best)

    publish(store, lambda staging: store.stage_embeddings(staging, "dlib-resnet", [track], {"t_1": row}))

    found = store.read_embeddings("dlib-resnet", ALL)["t_1"]
    assert (found.template.tobytes(), found.best_embeddings.tobytes()) == (row.template.tobytes(), best.tobytes())


def test_tracks_without_a_template_have_no_embedding(store: Store) -> None:
    publish(store, lambda staging: store.stage_embeddings(staging, "dlib-resnet", [make_track_row("t_1")], {}))

    assert store.read_embeddings("dlib-resnet", ALL) == {}


def test_filter_keeps_source_run_and_days(store: Store) -> None:
    late = make_track_row("t_3", start_s=2 * 86400)
    rows = [make_track_row("t_1"), replace(make_track_row("t_2"), run_id="r_2"), late]
    publish(store, lambda staging: store.stage_tracks(staging, rows))

    def ids(wanted: RowFilter) -> list[str]:
        return [row.track_id for row in store.read_tracks(wanted)]

    assert ids(RowFilter(run_id="r_2")) == ["t_2"]
    assert ids(RowFilter(last_day=date(2026, 3, 2))) == ["t_1", "t_2"]
    assert ids(RowFilter(first_day=date(2026, 3, 3))) == ["t_3"]
    assert ids(RowFilter(source_id="f_other")) == []


def test_hours_and_dates_are_those_of_utc(store: Store) -> None:
    before_midnight = replace(make_track_row("t_1"), start_ts=START.replace(hour=23, minute=59))

    publish(store, lambda staging: store.stage_tracks(staging, [before_midnight]))

    folder = store.data_dir / "tracks" / "date=2026-03-02" / f"source={RUN.source_id}"
    assert [path.name for path in folder.iterdir()] == ["hour-23.parquet"]


def test_file_with_the_same_rows_is_left_alone(store: Store) -> None:
    publish(store, lambda staging: store.stage_tracks(staging, [make_track_row("t_1")]))
    (path,) = store.data_dir.rglob("*.parquet")
    written_at = path.stat().st_mtime_ns

    publish(store, lambda staging: store.stage_tracks(staging, [make_track_row("t_1")]))

    assert path.stat().st_mtime_ns == written_at


def test_prepared_record_is_read_before_it_has_rows(store: Store) -> None:
    store.prepare()

    assert pd.read_parquet(store.data_dir / "sightings").empty
    assert pl.read_parquet(store.data_dir / "tracks" / "**" / "*.parquet", hive_partitioning=True).is_empty()
    assert _count_by_duckdb(f"{store.data_dir}/coverage/**/*.parquet") == 0
    assert store.read_tracks(ALL) == []


def test_file_keeps_its_length_while_rows_join_it(store: Store) -> None:
    lengths = []
    for number in range(40):
        publish(store, lambda staging, number=number: store.stage_tracks(staging, [make_track_row(f"t_{number}")]))
        lengths += [path.stat().st_size for path in store.data_dir.rglob("hour-*.parquet")]

    assert len(set(lengths)) <= 4
    assert len(store.read_tracks(ALL)) == 40


def test_damaged_file_is_named(store: Store) -> None:
    publish(store, lambda staging: store.stage_tracks(staging, [make_track_row("t_1")]))
    (path,) = store.data_dir.rglob("hour-*.parquet")
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(StoreDamaged, match=r"hour-08\.parquet cannot be read"):
        store.read_tracks(ALL)


def test_file_of_other_columns_is_named(store: Store) -> None:
    path = store.data_dir / "tracks" / "date=2026-03-02" / f"source={RUN.source_id}" / "hour-08.parquet"
    path.parent.mkdir(parents=True)
    pd.DataFrame({"track_id": ["t_0"]}).to_parquet(path)

    with pytest.raises(StoreDamaged, match="other columns"):
        publish(store, lambda staging: store.stage_tracks(staging, [make_track_row("t_1")]))


@pytest.mark.parametrize("source_id", ["../up", "a/b", ".hidden", ""])
def test_source_id_cannot_leave_its_folder(store: Store, source_id: str) -> None:
    track = replace(make_track_row("t_1"), source_id=source_id)

    with pytest.raises(ValueError, match="expected an id"):
        publish(store, lambda staging: store.stage_tracks(staging, [track]))


def fill(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0), make_seen(2, 2, at_s=9), minutes=(CoverageCount(0, 20, 20),))
    world.finish()


def test_pandas_reads_the_record(world: World) -> None:
    fill(world)

    frame = pd.read_parquet(world.data_dir / "sightings")

    assert list(frame["person_id"]) == ["unknown-0001", "unknown-0002"]
    assert set(frame["source"].astype(str)) == {RUN.source_id}
    assert frame["start_ts"].dt.tz is UTC or str(frame["start_ts"].dt.tz) == "UTC"
    assert len(pd.read_parquet(world.data_dir / "tracks")) == 2


def test_polars_reads_the_record(world: World) -> None:
    fill(world)

    frame = pl.read_parquet(world.data_dir / "sightings" / "**" / "*.parquet", hive_partitioning=True)
    vectors = pl.read_parquet(world.data_dir / "embeddings" / "**" / "*.parquet", hive_partitioning=True)

    assert frame["person_id"].to_list() == ["unknown-0001", "unknown-0002"]
    assert frame["source"].unique().to_list() == [RUN.source_id]
    assert frame["start_ts"].to_list() == [START, START + timedelta(seconds=9)]
    assert vectors["template"].to_list()[0][1] == 1.0


def test_duckdb_reads_the_record(world: World) -> None:
    fill(world)
    pattern = f"{world.data_dir}/sightings/**/*.parquet"

    with duckdb.connect() as database:
        rows = database.execute(
            "SELECT person_id, source, date::VARCHAR, presence_s, len(track_ids) "
            "FROM read_parquet(?, hive_partitioning = true) ORDER BY start_ts",
            [pattern],
        ).fetchall()

    assert rows[0] == ("unknown-0001", RUN.source_id, "2026-03-02", 4.0, 1)


def test_frames_have_the_promised_columns(world: World) -> None:
    fill(world)
    promised = (
        "sighting_id, person_id, person_name, status, source_id, start_ts, end_ts, media_start_s, media_end_s, "
        "presence_s, best_score, mean_score, margin, threshold, encoder, gallery_version, thumb_ref"
    )

    assert set(promised.split(", ")) <= set(world.store.sightings_frame(ALL).columns)


@pytest.mark.slow
def test_record_can_be_read_at_any_moment_while_it_is_written(world: World) -> None:
    world.commit(1, make_seen(0, 1, at_s=0), minutes=(CoverageCount(0, 20, 20),))
    world.recorder.refresh_sightings(world.lease, RUN.source_id)
    turns = threading.Semaphore(0)
    writer = threading.Thread(target=_write_in_turn, args=(world, turns, 40))
    writer.start()

    counts = [_count_tracks(world.data_dir, turns) for _round in range(5)]
    turns.release(1000)
    writer.join()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def _write_in_turn(world: World, turns: threading.Semaphore, n_commits: int) -> None:
    """Commit and refresh once a turn, beside the reading that follows."""
    for number in range(1, n_commits + 1):
        turns.acquire()
        world.commit(1 + number, make_seen(number, number % 50, at_s=number * 5.0))
        world.recorder.refresh_sightings(world.lease, RUN.source_id)


def _count_tracks(data_dir: Path, turns: threading.Semaphore) -> int:
    """Read each part by each library while something is written; the number of tracks, last of all."""
    for part in PARTS:
        turns.release()
        pattern = f"{data_dir}/{part}/**/*.parquet"
        pd.read_parquet(data_dir / part)
        _read_again(lambda pattern=pattern: pl.read_parquet(pattern, hive_partitioning=True))
        turns.release()
        _read_again(lambda pattern=pattern: _count_by_duckdb(pattern))
    return len(Store(data_dir).read_tracks(ALL))


def _count_by_duckdb(pattern: str) -> int:
    with duckdb.connect() as database:
        return int(database.execute("SELECT count(*) FROM read_parquet(?)", [pattern]).fetchall()[0][0])


def _read_again(read: Callable[[], object]) -> object:
    """Read; again when a file was replaced between two of the library's looks at it, which it notices and says.

    Polars and DuckDB look up a file by its name more than once while they read it; pandas and we open it once.
    """
    for _attempt in range(5):
        try:
            return read()
        except (pl.exceptions.ComputeError, duckdb.Error):
            continue
    pytest.fail("the record could not be read in five attempts")
