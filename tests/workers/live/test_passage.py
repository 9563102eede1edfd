"""A live run on its way: what a server lost is told again without pictures, and every run comes to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.control.database import Control
from pipeline.control.work.run_records import NewRun, RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.options import AnalysisOptions
from pipeline.schemas import ChunkFailed, FaceChunk, FrameChunk, LeftOut, RunEnded, RunKey, SampleState
from pipeline.sightings.rows import Clock, SourceKind
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.live.passage import ABANDONED_S, LivePassage, end_abandoned, take_over, without_pictures
from workers.messages import Work, pack, unpack
from workers.wire.memory import MemoryTransport
from workers.wire.transport import AGGREGATORS, FRAMES_LIVE, Subscription, matches_stream

DOOR = RunKey("door", "r_1")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
OWNER = Subscription((matches_stream("door"),), AGGREGATORS, "owner")


@pytest.fixture
def runs(control: Control) -> Runs:
    """The runs of a folder in which the door is being read."""
    Sources(control).upsert(
        NewSource(
            source_id="door",
            kind=SourceKind.LIVE,
            label="door",
            path=None,
            duration_s=None,
            start_ts=NOW,
            clock=Clock.LIVE,
        )
    )
    made = Runs(control)
    made.submit(
        NewRun(run=DOOR, options_json=AnalysisOptions().to_json(), encoder="sface", gallery_version=0, start_ts=NOW)
    )
    made.mark_ingesting(DOOR.run_id, "token", NOW)
    return made


@pytest.fixture
def transport() -> MemoryTransport:
    made = MemoryTransport()
    made.receive(OWNER, 1, 0)
    return made


def told(transport: MemoryTransport) -> list[FrameChunk | FaceChunk | ChunkFailed | RunEnded]:
    return [unpack(delivery.envelope).item for delivery in transport.receive(OWNER, 99, 0)]


def test_chunk_that_is_on_its_way_is_left_alone(runs: Runs, transport: MemoryTransport) -> None:
    passage, chunk = LivePassage(DOOR, OPTIONS, "token"), make_frame_chunk(0, run=DOOR)
    transport.publish(FRAMES_LIVE, pack(Work(chunk, OPTIONS)))
    passage.note(chunk)

    assert passage.tend(runs, transport, NOW)
    assert told(transport) == []


def test_lost_chunk_is_told_again_as_dropped_and_the_end_follows(runs: Runs, transport: MemoryTransport) -> None:
    n_lost: list[int] = []
    passage, chunk = LivePassage(DOOR, OPTIONS, "token", n_lost.append), make_frame_chunk(0, run=DOOR)
    passage.note(chunk)
    passage.end(RunEnded(DOOR, 1))

    passage.tend(runs, transport, NOW)
    passage.tend(runs, transport, NOW)

    lost, ended = told(transport)
    assert lost.samples == without_pictures(chunk, LeftOut.LOST).samples
    assert SampleState.DECODED not in {sample.state for sample in lost.samples}
    assert ended == RunEnded(DOOR, 1)
    assert sum(n_lost) == len(chunk.frames)
    assert runs.get(DOOR.run_id).state is RunState.DRAINING


def test_picture_that_is_lost_twice_counts_once(runs: Runs, transport: MemoryTransport) -> None:
    n_lost: list[int] = []
    passage = LivePassage(DOOR, OPTIONS, "token", n_lost.append)
    passage.note(make_frame_chunk(0, run=DOOR, n_frames=1))

    passage.tend(runs, transport, NOW)
    transport.end_flight(DOOR.run_id)  # the server lost the substitute as well
    passage.tend(runs, transport, NOW)

    assert (len(told(transport)), sum(n_lost)) == (2, 1)


def test_run_of_somebody_else_is_lost(runs: Runs, transport: MemoryTransport) -> None:
    passage = LivePassage(DOOR, OPTIONS, "token")
    runs.mark_ingesting(DOOR.run_id, "other", NOW)

    assert not passage.tend(runs, transport, NOW)
    assert passage.is_lost


def test_run_taken_over_ends_behind_what_was_told(runs: Runs, transport: MemoryTransport) -> None:
    transport.publish(FRAMES_LIVE, pack(Work(make_frame_chunk(2, run=DOOR), OPTIONS)))

    passage = take_over(runs, transport, runs.get(DOOR.run_id), "other", NOW)
    passage.tend(runs, transport, NOW)

    first, second, ended = sorted(told(transport), key=lambda item: getattr(item, "number", 99))
    assert [first.number, second.number, ended.n_chunks] == [0, 1, 3]


def test_run_taken_over_twice_has_one_end(runs: Runs, transport: MemoryTransport) -> None:
    for token in ("other", "third"):
        take_over(runs, transport, runs.get(DOOR.run_id), token, NOW).tend(runs, transport, NOW)

    assert [item.n_chunks for item in told(transport)] == [0]


def test_run_that_nobody_reads_any_more_is_ended(runs: Runs, transport: MemoryTransport) -> None:
    end_abandoned(runs, transport, NOW + timedelta(seconds=ABANDONED_S / 2))
    assert told(transport) == []

    end_abandoned(runs, transport, NOW + timedelta(seconds=ABANDONED_S))

    (ended,) = told(transport)
    assert "without a word" in ended.problem


def test_run_of_footage_is_not_a_cameras_to_end(control: Control, transport: MemoryTransport) -> None:
    file = RunKey("f_0123456789abcdef", "r_2")
    Sources(control).upsert(
        NewSource(
            source_id=file.source_id,
            kind=SourceKind.FILE,
            label="a.mp4",
            path="a.mp4",
            duration_s=1,
            start_ts=NOW,
            clock=Clock.ARGUMENT,
        )
    )
    runs = Runs(control)
    runs.submit(NewRun(run=file, options_json=AnalysisOptions().to_json(), encoder="sface", gallery_version=0))
    runs.mark_ingesting(file.run_id, "token", NOW)

    assert runs.abandoned(ABANDONED_S, NOW + timedelta(days=1)) == []
