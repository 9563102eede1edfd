"""Recording: files and progress move together, by one owner, and the same again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.gallery.people import People
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import Runs, RunState
from pipeline.errors import LeaseLost
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.recording.recorder import Advance, Recorder
from pipeline.sightings.rows import Status
from tests.builders import RUN, START
from tests.builders_recording import LEASE_S, World, make_reference, make_seen, open_world

ALL = RowFilter()


def test_fresh_run_begins_at_the_first_chunk(world: World) -> None:
    progress = world.recorder.load(world.lease, RUN)

    assert (progress.next_chunk, progress.snapshot) == (0, None)


def test_commit_without_tracks_moves_the_progress_alone(world: World) -> None:
    world.commit(3)

    progress = world.recorder.load(world.lease, RUN)
    assert (progress.next_chunk, progress.snapshot) == (3, b"fold after 3")
    assert world.content() == {}


def test_closed_track_is_recorded_with_its_embedding_and_thumbnails(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=2.5))

    (track,) = world.store.read_tracks(ALL)
    assert track.start_ts == START + timedelta(seconds=2.5)
    assert list(world.store.read_embeddings("dlib-resnet", ALL)) == [track.track_id]
    assert track.thumb_ref is not None
    assert (world.data_dir / track.thumb_ref).read_bytes() == b"best of 1"


def test_same_commit_again_changes_nothing(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=0), make_seen(2, 1, at_s=1))
    before = world.content()

    world.commit(1, make_seen(1, 0, at_s=0), make_seen(2, 1, at_s=1))

    assert world.content() == before


def test_tracks_make_the_same_bytes_however_they_were_cut_into_commits(world: World, tmp_path: Path) -> None:
    other = open_world(tmp_path / "other")
    world.commit(1, make_seen(2, 0, at_s=5))
    world.commit(2, make_seen(1, 1, at_s=5), make_seen(3, 0, at_s=0))

    other.commit(2, make_seen(1, 1, at_s=5), make_seen(2, 0, at_s=5), make_seen(3, 0, at_s=0))

    assert world.content() == other.content()
    other.control.close()


def test_progress_never_goes_backwards(world: World) -> None:
    world.commit(5)

    with pytest.raises(ValueError, match="expected progress beyond"):
        world.commit(4)


def test_owner_whose_source_was_taken_writes_nothing(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=0))
    before = world.content()
    world.clock.advance(LEASE_S + 1)
    Leases(world.control).acquire(RUN.source_id, "owner-2", world.clock.now, LEASE_S)

    with pytest.raises(LeaseLost):
        world.commit(2, make_seen(2, 0, at_s=5))

    assert world.content() == before
    assert Runs(world.control).get(RUN.run_id).next_chunk == 1


def test_owner_whose_lease_ran_out_writes_nothing(world: World) -> None:
    world.clock.advance(LEASE_S)

    with pytest.raises(LeaseLost, match="ran out"):
        world.commit(1, make_seen(1, 0, at_s=0))

    assert world.content() == {}


def test_owner_who_loses_the_source_while_preparing_files_writes_nothing(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=0))
    before = world.content()
    sleeper = Recorder(world.control, world.store, clock=lambda: _wake_too_late(world))
    late = Advance(next_chunk=2, snapshot=b"late", closed=[make_seen(2, 0, at_s=5)])

    with pytest.raises(LeaseLost):
        sleeper.commit(world.lease, world.record, late)

    assert world.content() == before
    assert list((world.data_dir / "staging").iterdir()) == []


def _wake_too_late(world: World) -> datetime:
    """What the clock says to a process that was stopped after its files were prepared: its old time, but too late."""
    Leases(world.control).acquire(RUN.source_id, "owner-2", START + timedelta(seconds=LEASE_S), LEASE_S)
    return START


def test_what_a_killed_owner_had_prepared_is_cleared_away(world: World) -> None:
    leftover = world.data_dir / "staging" / "leftover"
    leftover.parent.mkdir()
    leftover.write_bytes(b"half a file")
    world.clock.now = datetime.fromtimestamp(leftover.stat().st_mtime, UTC) + timedelta(hours=2)

    world.recorder.load(world.lease, RUN)

    assert not leftover.exists()


def test_crash_between_files_and_database_is_mended_by_doing_it_again(world: World, tmp_path: Path) -> None:
    undisturbed = open_world(tmp_path / "undisturbed")
    undisturbed.commit(1, make_seen(1, 0, at_s=0))
    undisturbed.commit(2, make_seen(2, 1, at_s=9))
    world.commit(1, make_seen(1, 0, at_s=0))
    _write_files_but_no_progress(world)

    assert world.recorder.load(world.lease, RUN).next_chunk == 1
    world.commit(2, make_seen(2, 1, at_s=9))

    assert world.content() == undisturbed.content()
    undisturbed.control.close()


def _write_files_but_no_progress(world: World) -> None:
    """What a commit leaves behind that dies after its files are in place."""
    tracks, counted = world.store.read_tracks(ALL), world.recorder.load(world.lease, RUN)
    late = [replace(track, track_id="t_0000000000000002", media_start_s=9.0) for track in tracks]
    with world.store.staging() as staging:
        world.store.stage_tracks(staging, late)
        staging.publish()
    assert world.recorder.load(world.lease, RUN) == counted


def test_coverage_is_written_when_a_minute_is_over_and_at_the_end(world: World) -> None:
    world.commit(1, minutes=(CoverageCount(0, expected=16, decoded=16),))
    world.commit(2, minutes=(CoverageCount(0, expected=20, decoded=18, gated=2), CoverageCount(1, expected=9)))
    world.commit(3, minutes=(CoverageCount(1, expected=25, decoded=20, failed=5),))

    record = world.finish()

    rows = world.store.read_coverage(ALL)
    assert [(row.minute, row.expected, row.failed) for row in rows] == [(0, 20, 0), (1, 25, 5)]
    assert rows[1].minute_ts == START + timedelta(minutes=1)
    assert (record.counters.n_samples, record.counters.n_gated, record.counters.n_failed) == (45, 2, 5)


def test_counters_grow_with_every_commit(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=0), minutes=(CoverageCount(0, expected=16, decoded=16),))
    world.commit(2, minutes=(CoverageCount(0, expected=32, decoded=20, gated=12),))

    counters = Runs(world.control).get(RUN.run_id).counters

    assert (counters.n_samples, counters.n_decoded, counters.n_gated) == (32, 20, 12)
    assert (counters.n_tracks, counters.n_faces, counters.n_useful) == (1, 5, 5)


def test_finished_run_names_known_people_and_numbers_unknown_ones(world: World) -> None:
    People(world.control).enrol("Ann", [make_reference(0)])
    world.begin("r_with_ann")
    world.commit(1, make_seen(1, 0, at_s=0), make_seen(2, 1, at_s=20), make_seen(3, 2, at_s=40))

    record = world.finish()

    assert record.state is RunState.DONE
    names = [(row.status, row.person_name) for row in world.store.read_sightings(ALL)]
    assert names == [(Status.KNOWN, "Ann"), (Status.UNKNOWN, "unknown-0001"), (Status.UNKNOWN, "unknown-0002")]


def test_end_of_a_run_done_twice_changes_nothing(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0))
    once = world.finish()
    before = world.content()

    twice = world.finish()

    assert (twice, world.content()) == (once, before)


def test_run_with_failed_chunks_is_partial_and_says_so(world: World) -> None:
    world.commit(9)

    record = world.finish(n_chunks=9, n_failed=2, problem="the file ends in the middle of a picture")

    assert record.state is RunState.PARTIAL
    assert record.problem == "the file ends in the middle of a picture; 2 of 9 chunks could not be processed"


def test_run_that_lost_samples_before_an_interruption_is_partial(world: World) -> None:
    minute = CoverageCount(minute=0, expected=20, decoded=15, gated=2, dropped=0, failed=3)
    world.commit(9, minutes=(minute,))

    record = world.finish(n_chunks=9)

    assert (record.state, record.problem) == (RunState.PARTIAL, "3 of 20 samples could not be decoded")


def test_cancelled_run_is_not_finished(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0))
    Runs(world.control).cancel(RUN.run_id)

    record = world.finish()

    assert record.state is RunState.CANCELLED
    assert world.store.read_sightings(ALL) == []
