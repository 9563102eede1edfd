"""A run in the aggregator's hands: any order of messages gives the order of chunks."""

from __future__ import annotations

import pytest

from pipeline.control.work.run_records import RunState
from pipeline.control.work.runs import Runs
from pipeline.errors import LeaseLost
from pipeline.schemas import FaceChunk, RunEnded
from pipeline.sightings.recording.recorded_fold import RecordedFold
from tests.builders import RUN, make_face_chunk, make_sample
from tests.builders_recording import LEASE_S, World
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Item, Work, pack
from workers.recording.folding import RunFold
from workers.wire.transport import Delivery, Envelope, Slot


def make_chunk(number: int) -> FaceChunk:
    return make_face_chunk(number, samples=[make_sample(16 * number)])


def deliver(item: Item, entry: str = "1-1") -> Delivery:
    return Delivery("ft:matches:any", entry, pack(Work(item, OPTIONS)), 1)


def make_fold(world: World) -> RunFold:
    runs = Runs(world.control)
    return RunFold(RUN.source_id, RecordedFold(runs.get(RUN.run_id), world.lease, world.recorder, runs))


def numbers(deliveries: tuple[Delivery, ...]) -> list[int]:
    return [delivery.envelope.slot.number for delivery in deliveries]


def next_chunk(world: World) -> int:
    return Runs(world.control).get(RUN.run_id).next_chunk


def test_no_messages_change_nothing(world: World) -> None:
    taken = make_fold(world).take([])

    assert (taken.finished, taken.copies, next_chunk(world)) == ((), (), 0)


def test_chunks_wait_for_those_before_them(world: World) -> None:
    fold = make_fold(world)

    early = fold.take([deliver(make_chunk(2)), deliver(make_chunk(1))])
    in_turn = fold.take([deliver(make_chunk(0))])

    assert numbers(early.finished) == []
    assert numbers(in_turn.finished) == [0, 1, 2]
    assert next_chunk(world) == 3


def test_recorded_chunks_are_finished_again_without_a_change(world: World) -> None:
    make_fold(world).take([deliver(make_chunk(0)), deliver(make_chunk(1))])

    taken = make_fold(world).take([deliver(make_chunk(0)), deliver(make_chunk(1))])

    assert numbers(taken.finished) == [0, 1]
    assert next_chunk(world) == 2


def test_second_message_for_a_waiting_chunk_is_a_copy(world: World) -> None:
    fold = make_fold(world)
    fold.take([deliver(make_chunk(1), "1-1")])

    taken = fold.take([deliver(make_chunk(1), "2-2"), deliver(make_chunk(0), "3-3")])

    assert [copy.entry_id for copy in taken.copies] == ["2-2"]
    assert numbers(taken.finished) == [0, 1]


def test_message_taken_over_twice_is_no_copy_of_itself(world: World) -> None:
    fold = make_fold(world)
    fold.take([deliver(make_chunk(1), "1-1")])

    taken = fold.take([deliver(make_chunk(1), "1-1")])

    assert taken.copies == ()


def test_end_completes_the_run_when_all_chunks_are_there(world: World) -> None:
    fold = make_fold(world)

    fold.take([deliver(RunEnded(RUN, 2)), deliver(make_chunk(0))])
    assert not fold.is_over
    fold.take([deliver(make_chunk(1))])

    assert fold.is_over
    assert Runs(world.control).get(RUN.run_id).state is RunState.DONE


def test_nothing_follows_the_end(world: World) -> None:
    fold = make_fold(world)

    taken = fold.take([deliver(RunEnded(RUN, 2)), deliver(make_chunk(0)), deliver(RunEnded(RUN, 1))])

    assert numbers(taken.finished) == [0, 1]
    assert Runs(world.control).get(RUN.run_id).state is RunState.DONE


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery("ft:matches:any", "1-1", Envelope(Slot(RUN, 0), b"nonsense"), 1),
        deliver(make_frame_chunk(0)),
    ],
)
def test_message_that_makes_no_sense_counts_as_failed_chunk(world: World, delivery: Delivery) -> None:
    make_fold(world).take([delivery, deliver(RunEnded(RUN, 1))])

    runs = Runs(world.control)
    assert runs.get(RUN.run_id).state is RunState.PARTIAL
    assert [(failed.number, failed.stage) for failed in runs.failed_chunks(RUN)] == [(0, "aggregator")]


def test_owner_that_lost_its_lease_records_nothing(world: World) -> None:
    fold = make_fold(world)
    world.clock.advance(LEASE_S + 1)

    with pytest.raises(LeaseLost):
        fold.take([deliver(make_chunk(0))])

    assert next_chunk(world) == 0
