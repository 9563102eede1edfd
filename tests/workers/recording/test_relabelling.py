"""Naming the past anew: by the asker, by the owner of a source, and by somebody else when the asker was killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.correcting.corrections import Corrections, Said, TrackSaid
from pipeline.control.correcting.relabelling import Relabellings
from pipeline.control.gallery.people import People
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import Runs
from pipeline.options import IdentityOptions
from pipeline.schemas import RunEnded
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN
from tests.builders_recording import World, make_reference, make_seen, open_world
from workers.recording.aggregator import Aggregator, AggregatorOptions
from workers.recording.relabelling import PATIENCE_S, Relabeller, ask_relabelling, carry_out, neglected
from workers.wire.memory import MemoryTransport

AT_ONCE = AggregatorOptions(look_s=0, wait_s=0.01, show_s=0)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[World]:
    """A camera with two connections in its record, of which one goes on; both saw Ann, whom nobody knows yet."""
    world = open_world(tmp_path / "camera", kind=SourceKind.LIVE)
    world.commit(1, make_seen(1, 0, at_s=0))
    world.recorder.finish(world.lease, world.record, RunEnded(world.record.run, 1), 0)
    world.begin("r_second")
    world.commit(1, make_seen(2, 0, at_s=9), make_seen(3, 1, at_s=9))
    world.recorder.show_run(world.lease, world.record.run)
    with closing(world.control):
        yield world


def names(world: World) -> list[str | None]:
    return [row.person_name for row in world.store.read_sightings(RowFilter())]


def enrol_and_ask(world: World) -> int:
    People(world.control).enrol("Ann", [make_reference(0)])
    return ask_relabelling(world.control, "ada", IdentityOptions())


def own(world: World) -> None:
    """Let somebody who lives own the world's source."""
    assert Leases(world.control).acquire(RUN.source_id, "a living owner", datetime.now(UTC), 60) is not None


def make_aggregator(world: World) -> Aggregator:
    return Aggregator(world.control, world.recorder, MemoryTransport(), threading.Event(), AT_ONCE)


def test_empty_folder_is_done_at_once(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    request_id = ask_relabelling(world.control, "ada", IdentityOptions(), {})

    (progress,) = carry_out(world.control, world.recorder, request_id)

    assert (progress.is_done, progress.part, progress.sources) == (True, 1.0, ())
    world.control.close()


def test_asker_names_what_nobody_owns_run_by_run(camera: World) -> None:
    request_id = enrol_and_ask(camera)

    *_, last = carry_out(camera.control, camera.recorder, request_id)

    (source,) = last.sources
    assert (source.n_runs_done, source.n_sightings, source.n_changed) == (2, 3, 2)
    assert names(camera) == ["Ann", "Ann", None]


def test_asking_again_changes_nothing(camera: World) -> None:
    list(carry_out(camera.control, camera.recorder, enrol_and_ask(camera)))
    before = camera.content()

    *_, last = carry_out(camera.control, camera.recorder, ask_relabelling(camera.control, "ada", IdentityOptions()))

    assert (last.n_changed, camera.content()) == (0, before)


def test_owner_names_the_past_between_two_batches_while_its_run_goes_on(camera: World) -> None:
    aggregator = make_aggregator(camera)
    aggregator.step()
    request_id = enrol_and_ask(camera)

    aggregator.step()

    assert Relabellings(camera.control).progress(request_id).is_done
    assert names(camera) == ["Ann", "Ann", None]
    assert Runs(camera.control).get("r_second").state.is_active


@pytest.mark.slow
def test_asker_waits_while_somebody_else_owns_the_source(camera: World) -> None:
    own(camera)
    stop = threading.Event()
    steps = carry_out(camera.control, camera.recorder, enrol_and_ask(camera), stop)

    waiting = [next(steps), next(steps)]
    stop.set()

    assert [progress.is_done for progress in (*waiting, *steps)] == [False] * 2
    assert names(camera) == ["unknown-0001", None, None]


def test_who_was_killed_after_one_run_is_followed_at_the_next_one(camera: World) -> None:
    request_id = enrol_and_ask(camera)
    lease = Leases(camera.control).acquire(RUN.source_id, "killed soon", datetime.now(UTC), 0.001)
    assert lease is not None
    Relabeller(camera.control, camera.recorder).carry_on(Relabellings(camera.control).tasks()[0], lease, budget_s=0)
    half = Relabellings(camera.control).progress(request_id)

    *_, last = carry_out(camera.control, camera.recorder, request_id)

    assert (half.part, half.n_changed, names(camera)) == (0.5, 1, ["Ann", "Ann", None])
    assert (last.is_done, last.n_changed) == (True, 2)


def test_what_an_asker_left_behind_is_taken_by_an_aggregator(camera: World) -> None:
    enrol_and_ask(camera)
    tasks = Relabellings(camera.control).tasks()

    soon, late = (tasks[0].updated_at + timedelta(seconds=PATIENCE_S * part) for part in (0.5, 1))

    assert (neglected(tasks, soon), neglected(tasks, late)) == (set(), {RUN.source_id})


def test_newer_wish_takes_the_place_of_an_older_one(camera: World) -> None:
    first = enrol_and_ask(camera)
    People(camera.control).enrol("Bob", [make_reference(1)])
    second = ask_relabelling(camera.control, "ada", IdentityOptions())

    list(carry_out(camera.control, camera.recorder, second))

    assert Relabellings(camera.control).progress(first).is_done
    assert names(camera) == ["Ann", "Ann", "Bob"]


def test_wish_for_one_run_leaves_the_others_and_is_taken_in_by_a_wish_for_all(camera: World) -> None:
    People(camera.control).enrol("Ann", [make_reference(0)])
    one = ask_relabelling(camera.control, "ada", IdentityOptions(), {RUN.source_id: ["r_second"]})
    *_, last = carry_out(camera.control, camera.recorder, one)

    assert (names(camera), last.sources[0].n_runs) == (["unknown-0001", "Ann", None], 1)

    ask_relabelling(camera.control, "ada", IdentityOptions())
    two = ask_relabelling(camera.control, "ada", IdentityOptions(), {RUN.source_id: ["r_second"]})
    list(carry_out(camera.control, camera.recorder, two))

    assert names(camera) == ["Ann", "Ann", None]


def test_footage_in_work_is_finished_by_the_gallery_that_was_asked_for(tmp_path: Path) -> None:
    world = open_world(tmp_path)
    list(carry_out(world.control, world.recorder, enrol_and_ask(world)))
    lease = Leases(world.control).acquire(RUN.source_id, "owner-1", datetime.now(UTC), 60)
    assert lease is not None
    world.lease = lease

    world.commit(1, make_seen(1, 0, at_s=0))
    world.finish()

    assert names(world) == ["Ann"]
    world.control.close()


def test_what_people_said_of_tracks_counts_at_once_and_stays(camera: World) -> None:
    People(camera.control).enrol("Ann", [make_reference(0)])
    said = TrackSaid(source_id=RUN.source_id, track_ids=(f"t_{2:016x}",), verdict=Said.NOT_A_FACE)
    Corrections(camera.control).say(said, who="ada")

    for _ in range(2):
        list(carry_out(camera.control, camera.recorder, ask_relabelling(camera.control, "ada", IdentityOptions())))

    assert names(camera) == ["Ann", None]
