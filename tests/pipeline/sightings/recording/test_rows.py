"""From media time to wall-clock time, to the microsecond."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipeline.control.work.run_records import RunCounters
from pipeline.schemas import LeftOut
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.recording.rows import (
    add_to_counters,
    coverage_row,
    embedding_rows,
    exact_counters,
    moved_minute,
    moved_track,
    track_row,
)
from pipeline.sightings.rows import Clock
from tests.builders import START, make_closed_track, make_coverage_row, make_track_row
from tests.builders_recording import make_seen, open_world


def test_rows_take_the_start_and_clock_of_their_run(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    record = replace(world.record, start_ts=START + timedelta(hours=16), clock=Clock.MTIME)

    track = track_row(record, make_seen(1, 0, at_s=0.5))
    minute = coverage_row(record, CoverageCount(2, expected=300, gated=100, dropped=7, reasons={LeftOut.LOST: 7}))

    assert (track.start_ts, track.clock) == (START + timedelta(hours=16, seconds=0.5), Clock.MTIME)
    assert (minute.dropped, minute.dropped_lost, minute.dropped_late) == (7, 7, 0)
    assert (minute.minute_ts, minute.gated) == (START + timedelta(hours=16, minutes=2), 100)
    assert str(track.thumb_ref).startswith("thumbs/date=2026-03-03/")
    world.control.close()


def test_track_without_useful_faces_has_no_embedding(tmp_path: Path) -> None:
    world = open_world(tmp_path)

    assert embedding_rows(world.record, [make_closed_track("t_1", n_useful=0)]) == {}
    assert track_row(world.record, make_closed_track("t_1", n_useful=0)).thumb_ref is None
    world.control.close()


def test_nothing_new_leaves_the_counters() -> None:
    assert add_to_counters(RunCounters(n_samples=7), (), (), ()) == RunCounters(n_samples=7)


def test_minute_that_grows_is_counted_once() -> None:
    before = (CoverageCount(0, expected=16, decoded=10, gated=6),)
    minutes = (CoverageCount(0, expected=20, decoded=12, gated=8), CoverageCount(1, expected=12, decoded=12))

    counters = add_to_counters(RunCounters(n_samples=16, n_decoded=10, n_gated=6), before, minutes, ())

    assert (counters.n_samples, counters.n_decoded, counters.n_gated) == (32, 24, 8)


def test_exact_counters_are_those_of_the_rows() -> None:
    counters = exact_counters([make_track_row("t_1"), make_track_row("t_2")], [make_coverage_row()])

    assert (counters.n_tracks, counters.n_faces) == (2, 10)
    assert counters.n_samples == make_coverage_row().expected


def test_moved_rows_keep_their_media_time() -> None:
    start_ts = START - timedelta(days=2)

    track = moved_track(make_track_row("t_1", start_s=3.0), start_ts, Clock.ARGUMENT)
    minute = moved_minute(make_coverage_row(), start_ts)

    assert (track.start_ts, track.media_start_s) == (start_ts + timedelta(seconds=3), 3.0)
    assert minute.minute_ts == start_ts + timedelta(minutes=minute.minute)
