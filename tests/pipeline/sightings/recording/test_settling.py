"""Rows that have to follow a change: a run that replaces another, and a source that began at another time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.gallery.people import People
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import NewRun, Runs, RunState
from pipeline.control.work.sources import write_start
from pipeline.errors import InputError
from pipeline.schemas import RunKey
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.recording.rows import moved_track
from pipeline.sightings.rows import Clock, SourceKind
from tests.builders import RUN, START
from tests.builders_recording import LEASE_S, World, make_reference, make_seen, open_world

ALL = RowFilter()


def test_another_run_replaces_the_rows_only_once_it_is_complete(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0))
    world.finish()
    world.begin("r_finer")
    world.commit(1, make_seen(11, 1, at_s=0), make_seen(12, 2, at_s=9))
    world.recorder.refresh_sightings(world.lease, RUN.source_id)
    shown_meanwhile = {row.run_id for row in world.store.read_sightings(ALL)}

    world.finish()

    assert shown_meanwhile == {RUN.run_id}
    assert {row.run_id for row in world.store.read_sightings(ALL)} == {"r_finer"}
    assert {row.run_id for row in world.store.read_tracks(ALL)} == {"r_finer"}
    assert len(world.store.read_embeddings("dlib-resnet", ALL)) == 2
    assert not [name for name in world.content() if "t_0000000000000001" in name]


def test_replaced_run_starts_over_when_asked_for_again(world: World) -> None:
    world.commit(4, make_seen(1, 1, at_s=0))
    world.finish()
    world.begin("r_finer")
    world.commit(1)
    world.finish()

    world.begin(RUN.run_id)

    assert (world.record.state, world.record.next_chunk) == (RunState.QUEUED, 0)
    world.commit(4, make_seen(1, 1, at_s=0))
    assert world.finish().state is RunState.DONE
    assert [row.person_id for row in world.store.read_sightings(ALL)] == ["unknown-0001"]


def test_cameras_keep_the_sightings_of_earlier_connections(tmp_path: Path) -> None:
    world = open_world(tmp_path / "data", kind=SourceKind.LIVE, run=RunKey("front_door", "r_morning"))
    world.commit(1, make_seen(1, 1, at_s=0))
    world.finish()
    world.begin("r_evening")
    world.commit(1, make_seen(2, 1, at_s=9))

    world.finish()

    assert [row.run_id for row in world.store.read_sightings(ALL)] == ["r_morning", "r_evening"]
    world.control.close()


def test_new_start_moves_everything_to_its_new_date(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=10), minutes=(CoverageCount(0, expected=16, decoded=16),))
    world.finish()
    start_ts = START + timedelta(days=3)

    world.recorder.set_start(world.lease, RUN.source_id, start_ts)

    rows = world.store.read_tracks(ALL), world.store.read_sightings(ALL)
    assert {row.start_ts for part in rows for row in part} == {start_ts + timedelta(seconds=10)}
    assert world.store.read_coverage(ALL)[0].minute_ts == start_ts
    (track,) = rows[0]
    assert f"date={start_ts:%Y-%m-%d}" in str(track.thumb_ref)
    assert (world.data_dir / str(track.thumb_ref)).read_bytes() == b"best of 1"
    assert len([name for name in world.content() if name.startswith("thumbs")]) == 2


def test_new_start_in_the_middle_of_a_run_holds_for_what_follows(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=10))
    start_ts = START - timedelta(days=40)

    world.recorder.set_start(world.lease, RUN.source_id, start_ts)
    world.commit(2, make_seen(2, 1, at_s=20))

    starts = [row.start_ts for row in world.store.read_tracks(ALL)]
    assert starts == [start_ts + timedelta(seconds=10), start_ts + timedelta(seconds=20)]


def test_interrupted_move_is_completed_by_the_next_owner(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=10))
    world.finish()
    start_ts = START + timedelta(days=3)
    _die_in_the_middle_of_a_move(world, start_ts)
    world.clock.advance(LEASE_S + 1)
    lease = Leases(world.control).acquire(RUN.source_id, "owner-2", world.clock.now, LEASE_S)
    assert lease is not None

    world.recorder.load(lease, RUN)

    assert [row.start_ts for row in world.store.read_tracks(ALL)] == [start_ts + timedelta(seconds=10)]
    assert [row.start_ts for row in world.store.read_sightings(ALL)] == [start_ts + timedelta(seconds=10)]


def _die_in_the_middle_of_a_move(world: World, start_ts: datetime) -> None:
    """Leave the move decided, and one of its files written."""
    with world.control.writing() as transaction:
        write_start(transaction, RUN.source_id, start_ts, Clock.ARGUMENT)
    with world.store.staging() as staging:
        moved = [moved_track(row, start_ts, Clock.ARGUMENT) for row in world.store.read_tracks(ALL)]
        world.store.stage_tracks(staging, moved)
        staging.publish()


def test_start_of_a_camera_cannot_be_set(tmp_path: Path) -> None:
    world = open_world(tmp_path / "data", kind=SourceKind.LIVE, run=RunKey("front_door", "r_1"))

    with pytest.raises(InputError, match="only the start of footage"):
        world.recorder.set_start(world.lease, "front_door", START)

    world.control.close()


def test_camera_knows_whoever_was_enrolled_since_its_run_began(tmp_path: Path) -> None:
    world = open_world(tmp_path / "data", kind=SourceKind.LIVE, run=RunKey("front_door", "r_1"))
    world.commit(1, make_seen(1, 1, at_s=0))
    world.recorder.show_run(world.lease, world.record.run)
    before = [row.person_name for row in world.store.read_sightings(ALL)]
    People(world.control).enrol("Ada", [make_reference(1)])

    world.recorder.show_run(world.lease, world.record.run)
    shown = [row.person_name for row in world.store.read_sightings(ALL)]
    finished = world.finish()

    assert (before, shown) == ([None], ["Ada"])
    assert [row.person_name for row in world.store.read_sightings(ALL)] == ["Ada"]
    assert finished.gallery_version == People(world.control).gallery_version()
    world.control.close()


def test_time_between_two_connections_is_told_once_the_first_is_complete(tmp_path: Path) -> None:
    world = open_world(tmp_path / "data", kind=SourceKind.LIVE, run=RunKey("front_door", "r_1"))
    world.commit(1, minutes=(CoverageCount(0, expected=50, decoded=50),))
    second = replace(new_run(world, "r_2"), start_ts=START + timedelta(seconds=100))
    Runs(world.control).submit(second)

    told_early = world.recorder.tell_gap(world.lease, second.run)
    world.finish()
    told = [world.recorder.tell_gap(world.lease, second.run) for _ in range(2)]

    gaps = [(row.minute, row.camera_down_s) for row in world.store.read_coverage(ALL) if row.run_id == "r_2"]
    assert (told_early, told) == (False, [True, True])
    assert gaps == [(-2, 30.0), (-1, 60.0)]
    world.control.close()


def new_run(world: World, run_id: str) -> NewRun:
    return NewRun(
        run=RunKey("front_door", run_id),
        options_json=world.record.options_json,
        encoder=world.record.encoder,
        gallery_version=0,
    )
