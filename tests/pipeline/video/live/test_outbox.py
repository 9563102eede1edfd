"""What nobody takes is bounded in bytes: the oldest pictures go, their cells stay."""

from __future__ import annotations

import threading

import numpy as np

from pipeline.schemas import LeftOut, Sample, SampleState
from pipeline.video.live.account import Fate, LiveAccount
from pipeline.video.live.chunks import LiveChunk
from pipeline.video.live.outbox import Outbox
from pipeline.video.live.sampling import LiveCell
from tests.pipeline.video.live.live_pictures import RUN

I420 = np.zeros((96, 64), np.uint8)


def make_chunk(number: int) -> LiveChunk:
    sample = Sample(number, number / 5, SampleState.DECODED)
    return LiveChunk(number, (LiveCell(sample, I420, (64, 64)),))


def fill_outbox(count: int, room_for: int) -> tuple[Outbox, LiveAccount]:
    account = LiveAccount()
    outbox = Outbox(room_for * I420.nbytes, account)
    for number in range(count):
        account.count_cell(Fate.DECODED)
        outbox.put(make_chunk(number))
    return outbox, account


def test_chunks_leave_in_order() -> None:
    outbox, _ = fill_outbox(3, room_for=3)

    assert [chunk.number for chunk in (outbox.take(0), outbox.take(0), outbox.take(0)) if chunk] == [0, 1, 2]
    assert outbox.take(0) is None
    assert outbox.fill == 0


def test_oldest_pictures_go_and_their_cells_stay_as_dropped() -> None:
    outbox, account = fill_outbox(5, room_for=2)

    taken = [chunk.of_run(RUN) for chunk in (outbox.take(0) for _ in range(5)) if chunk]

    assert [len(chunk.frames) for chunk in taken] == [0, 0, 0, 1, 1]
    assert [chunk.samples[0].reason for chunk in taken] == [LeftOut.NO_CREDIT] * 3 + [None] * 2
    assert [chunk.samples[0].state.value for chunk in taken] == ["dropped"] * 3 + ["decoded"] * 2
    assert account.counts().cells == {Fate.DECODED: 2, Fate.NO_CREDIT: 3}


def test_newest_chunk_stays_whole_however_large() -> None:
    outbox, _ = fill_outbox(1, room_for=0)

    taken = outbox.take(0)

    assert taken is not None
    assert taken.n_pictures == 1


def test_full_outbox_says_so() -> None:
    assert fill_outbox(1, room_for=2)[0].fill == 0.5
    assert fill_outbox(9, room_for=2)[0].fill == 1


def test_closed_outbox_gives_what_it_has_and_then_nothing_at_once() -> None:
    outbox, _ = fill_outbox(1, room_for=2)
    outbox.close()

    assert not outbox.is_finished
    assert outbox.take(60) is not None
    assert outbox.take(60) is None
    assert outbox.is_finished


def test_whoever_waits_gets_the_chunk_that_comes() -> None:
    outbox, _ = fill_outbox(0, room_for=2)
    giver = threading.Thread(target=outbox.put, args=(make_chunk(7),))

    giver.start()
    taken = outbox.take(10)
    giver.join()

    assert taken is not None
    assert taken.number == 7
