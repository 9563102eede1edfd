"""Who the tracks of a run are: while it runs, at its end, and when the gallery changes afterwards."""

from __future__ import annotations

from pipeline.control.gallery.calibrations import Calibrations
from pipeline.control.gallery.people import People
from pipeline.control.work.runs import Runs
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.recording.recorder import Recorder
from pipeline.sightings.rows import Status
from tests.builders import RUN, START
from tests.builders_calibrations import calibrate
from tests.builders_recording import World, make_reference, make_seen

ALL = RowFilter()


def test_unknown_person_keeps_the_number_in_another_run(world: World) -> None:
    world.commit(1, make_seen(1, 2, at_s=0), make_seen(2, 1, at_s=9))
    world.finish()
    world.begin("r_again")

    world.commit(1, make_seen(11, 1, at_s=0))
    world.finish()

    assert [row.person_id for row in world.store.read_sightings(ALL)] == ["unknown-0002"]


def test_sightings_of_a_run_on_its_way_are_shown_without_numbers(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0))

    assert world.recorder.refresh_sightings(world.lease, RUN.source_id) == 1

    (row,) = world.store.read_sightings(ALL)
    assert (row.status, row.person_id) == (Status.UNKNOWN, None)


def test_enrolling_later_turns_an_unknown_into_that_person(world: World) -> None:
    world.commit(1, make_seen(1, 0, at_s=0), make_seen(2, 3, at_s=9))
    world.finish()
    version = People(world.control).enrol("Ann", [make_reference(0)]).gallery_version

    world.recorder.refresh_sightings(world.lease, RUN.source_id, version)

    rows = world.store.read_sightings(ALL)
    assert [(row.person_name, row.gallery_version) for row in rows] == [("Ann", version), ("unknown-0002", version)]


def test_somebody_removed_becomes_unknown_and_is_numbered(world: World) -> None:
    People(world.control).enrol("Ann", [make_reference(0)])
    world.begin("r_with_ann")
    world.commit(1, make_seen(1, 0, at_s=0))
    world.finish()
    People(world.control).remove("Ann")

    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())

    assert [row.person_id for row in world.store.read_sightings(ALL)] == ["unknown-0001"]


def test_relabelling_by_the_same_gallery_touches_no_file(world: World) -> None:
    world.commit(1, make_seen(1, 1, at_s=0), make_seen(2, 4, at_s=9, n_useful=1))
    world.finish()
    before = {name: (world.data_dir / name).stat().st_mtime_ns for name in world.content()}

    world.recorder.refresh_sightings(world.lease, RUN.source_id, 0)

    assert {name: (world.data_dir / name).stat().st_mtime_ns for name in world.content()} == before


def test_calibration_names_the_past_at_the_next_relabelling_and_not_before(world: World) -> None:
    recorder = Recorder(world.control, world.store, clock=world.clock)
    People(world.control).enrol("Ann", [make_reference(0)])
    world.commit(1, make_seen(1, 0, at_s=0))
    world.finish()
    recorder.refresh_sightings(world.lease, RUN.source_id, 1)
    shipped = world.store.read_sightings(ALL)[0].threshold
    made = calibrate(world.control, n_people=1, n_images=1)

    recorder.refresh_sightings(world.lease, RUN.source_id)
    before = world.store.read_sightings(ALL)[0].threshold
    recorder.refresh_sightings(world.lease, RUN.source_id, 1)

    assert (before, world.store.read_sightings(ALL)[0].threshold) == (shipped, made.threshold)
    assert Runs(world.control).get(RUN.run_id).calibration_id == made.calibration_id


def test_run_goes_on_by_its_own_calibration_when_that_is_cleared(world: World) -> None:
    recorder = Recorder(world.control, world.store, clock=world.clock)
    People(world.control).enrol("Ann", [make_reference(0)])
    calibrate(world.control, n_people=1, n_images=1)
    world.commit(1, make_seen(1, 0, at_s=0))
    world.finish()
    recorder.refresh_sightings(world.lease, RUN.source_id, 1)
    named = world.content()
    Calibrations(world.control).retire(START)

    recorder.refresh_sightings(world.lease, RUN.source_id)

    assert world.content() == named
