"""What a commit makes true is told with it or not at all, and a fold begun anew tells on where the last one stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.gallery.people import People
from pipeline.control.live.outbox import Outbox
from pipeline.control.work.runs import Runs
from pipeline.errors import LeaseLost
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.telling import Tellings
from pipeline.schemas import FaceChunk, RunEnded
from pipeline.sightings.record.store import RowFilter
from pipeline.sightings.recording.recorded_fold import Foldable, RecordedFold
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN, make_chunk_failed, make_face, make_face_chunk, make_sample, make_vector
from tests.builders_events import EMITTED, said, unbalanced
from tests.builders_recording import World, make_reference, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A live run, with Ada enrolled."""
    world = open_world(tmp_path, kind=SourceKind.LIVE)
    People(world.control).enrol("Ada", [make_reference(0)])
    yield world
    world.control.close()


def make_chunks(person: int = 0, *, n_chunks: int = 4, first: int = 0) -> list[FaceChunk]:
    """One sample of `person` a chunk, at five a second."""
    return [
        make_face_chunk(
            number,
            samples=[make_sample(number)],
            faces=[make_face(sample_index=number, embedding=make_vector(person), thumb_jpeg=b"face")],
        )
        for number in range(first, first + n_chunks)
    ]


def begin(world: World) -> RecordedFold:
    telling = Tellings(world.control, lambda: EMITTED).of(world.record)
    return RecordedFold(world.record, world.lease, world.recorder, Runs(world.control), telling)


def waiting(world: World) -> list[SightingEvent]:
    return [decode_event(entry.event) for entry in Outbox(world.control).pending([RUN.source_id])]


def record_all(world: World, items: Sequence[Foldable], *, at_once: int) -> list[SightingEvent]:
    """Record the items so many at once, each time with a fold that is made anew from the record."""
    for place in range(0, len(items), at_once):
        begin(world).record(items[place : place + at_once])
    return waiting(world)


def test_sighting_of_a_live_run_begins_and_ends_with_its_name(world: World) -> None:
    fold = begin(world)

    fold.record(make_chunks())
    fold.record([RunEnded(RUN, 4)])

    assert [kind for kind, _, _ in said(waiting(world))] == ["new", "end"]
    assert {event.person_name for event in waiting(world)} == {"Ada"}
    assert Outbox(world.control).life(RUN.run_id) is None


def test_events_say_when_the_newest_picture_reached_us(world: World) -> None:
    moments = [EMITTED + timedelta(seconds=number) for number in range(3)]
    came = [replace(chunk, arrived_at=moment) for chunk, moment in zip(make_chunks(n_chunks=3), moments, strict=True)]

    begin(world).record([*came, make_face_chunk(3, samples=[make_sample(3)], faces=[]), RunEnded(RUN, 4)])

    assert [event.arrived_at for event in waiting(world)] == [moments[1], moments[2]]


def test_end_agrees_with_the_record(world: World) -> None:
    begin(world).record([*make_chunks(), RunEnded(RUN, 4)])
    world.recorder.refresh_sightings(world.lease, RUN.source_id, gallery_version=1)

    (row,) = world.store.read_sightings(RowFilter(source_id=RUN.source_id))
    end = waiting(world)[-1]

    assert (end.sighting_id, end.ended_at, end.person_id) == (row.sighting_id, row.end_ts, row.person_id)


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 3])
def test_fold_begun_anew_tells_the_same_as_an_undisturbed_one(world: World, tmp_path: Path, at_once: int) -> None:
    items = [*make_chunks(), make_chunk_failed(4), *make_chunks(person=7, first=5, n_chunks=6), RunEnded(RUN, 11)]
    other = open_world(tmp_path / "other", kind=SourceKind.LIVE)
    People(other.control).enrol("Ada", [make_reference(0)])

    disturbed, undisturbed = record_all(world, items, at_once=at_once), record_all(other, items, at_once=len(items))
    other.control.close()

    assert disturbed == undisturbed
    assert unbalanced(disturbed) == []


def test_nothing_is_told_of_a_commit_that_fails(world: World) -> None:
    fold = begin(world)
    world.clock.advance(3600)

    with pytest.raises(LeaseLost):
        fold.record(make_chunks())

    assert waiting(world) == []


def test_nothing_is_told_of_footage(tmp_path: Path) -> None:
    world = open_world(tmp_path, kind=SourceKind.FILE)

    begin(world).record(make_chunks())

    assert waiting(world) == []
    world.control.close()


def test_person_enrolled_while_the_run_goes_on_is_named(world: World) -> None:
    fold = begin(world)
    People(world.control).enrol("Grace", [make_reference(1)])

    fold.record(make_chunks(person=1))

    assert [event.person_name for event in waiting(world)] == ["Grace"]


def test_sightings_of_a_cancelled_run_end_once(world: World) -> None:
    fold = begin(world)
    fold.record(make_chunks())
    Runs(world.control).cancel(RUN.run_id)

    given_up = [Tellings(world.control).give_up() for _ in range(2)]
    fold.record(make_chunks(first=4))

    assert given_up == [1, 0]
    assert [kind for kind, _, _ in said(waiting(world))] == ["new", "end"]
