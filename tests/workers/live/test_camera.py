"""A camera's task: every connection a run, nothing waits for stages that are behind, and what is left out is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from pipeline.cameras.configured import Camera
from pipeline.cameras.live_runs import register_live_run
from pipeline.control.database import Control
from pipeline.control.live.camera_states import CameraState
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.options import AnalysisOptions, SamplingOptions
from pipeline.schemas import FaceChunk, FrameChunk, LeftOut, RunEnded, SampleState
from pipeline.video.live.connecting.address import parse_address
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames
from workers.live.camera import IN_FLIGHT_PICTURES, LOOK_S, CameraBook, CameraTask
from workers.messages import Item, unpack
from workers.wire.memory import MemoryTransport
from workers.wire.transport import AGGREGATORS, DETECTORS, FRAMES_LIVE, Subscription, matches_stream

OWNER = Subscription((matches_stream("door"),), AGGREGATORS, "owner")
DETECTOR = Subscription((FRAMES_LIVE,), DETECTORS, "detector")


class ClipOver(threading.Event):
    """Stops a task once its camera, a clip, was read to its end: it is waited on longer then than for room."""

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None and timeout > LOOK_S:
            self.set()
        return super().wait(timeout)


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """Two and a half seconds of motion, played as a camera."""
    clip = tmp_path_factory.mktemp("camera") / "door.mp4"
    write_video(clip, draw_frames(62), 25)
    options = replace(AnalysisOptions(), sampling=SamplingOptions(gate=False))
    return Camera(name="door", address=parse_address(f"file:{clip}"), enabled=True, options=options)


@pytest.fixture
def transport() -> MemoryTransport:
    made = MemoryTransport()
    made.receive(OWNER, 1, 0)
    made.receive(DETECTOR, 1, 0)
    return made


def make_task(
    control: Control, camera: Camera, transport: MemoryTransport, states: list[CameraState], stop: threading.Event
) -> CameraTask:
    runs = Runs(control)

    def begin(_camera: Camera, began_at: datetime) -> RunRecord:
        return register_live_run(control, camera, began_at)

    book = CameraBook(
        runs=runs,
        begin=begin,
        left_over=lambda source_id: runs.list(source_id=source_id),
        is_nobody_in_view=lambda _run_id: True,
        report=states.append,
    )
    return CameraTask(camera, book, transport, stop)


@contextmanager
def detecting(transport: MemoryTransport) -> Iterator[list[FrameChunk]]:
    """Somebody who takes every picture at once, and has it recorded."""
    taken: list[FrameChunk] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            for delivery in transport.receive(DETECTOR, 9, 0.05):
                item = unpack(delivery.envelope).item
                assert isinstance(item, FrameChunk)
                taken.append(item)
                transport.settle(DETECTORS, [delivery])

    thread = threading.Thread(target=work)
    thread.start()
    yield taken
    over.set()
    thread.join()


def told(transport: MemoryTransport) -> list[Item]:
    return [unpack(delivery.envelope).item for delivery in transport.receive(OWNER, 999, 0)]


def states_of(items: Sequence[Item]) -> list[SampleState]:
    return [sample.state for item in items if isinstance(item, FaceChunk) for sample in item.samples]


@pytest.mark.slow
def test_pictures_go_to_the_detectors_and_ends_to_the_owner_also_of_what_an_earlier_process_left(
    control: Control, camera: Camera, transport: MemoryTransport
) -> None:
    left = register_live_run(control, camera, datetime.fromisoformat("2026-03-02T08:00:00+00:00"))
    states: list[CameraState] = []

    with detecting(transport) as taken:
        make_task(control, camera, transport, states, ClipOver()).run()

    ends = {item.run.run_id: item.problem or "" for item in told(transport) if isinstance(item, RunEnded)}
    assert len(taken) >= 12
    assert [chunk.number for chunk in taken] == list(range(len(taken)))
    assert len(ends) == 2
    assert "without a word" in ends[left.run.run_id]
    assert {run.state for run in Runs(control).list()} == {RunState.DRAINING}
    assert (states[0].is_connected, states[-1].is_connected) == (True, False)


@pytest.mark.slow
def test_what_nobody_takes_in_time_is_told_as_dropped(
    control: Control, camera: Camera, transport: MemoryTransport
) -> None:
    states: list[CameraState] = []

    make_task(control, camera, transport, states, ClipOver()).run()

    waiting = transport.receive(DETECTOR, 99, 0)
    items = told(transport)

    (ended,) = [item for item in items if isinstance(item, RunEnded)]
    dropped = [state for state in states_of(items) if state is SampleState.DROPPED]
    reasons = {sample.reason for item in items if isinstance(item, FaceChunk) for sample in item.samples}
    assert len(waiting) == IN_FLIGHT_PICTURES
    assert len(dropped) >= 5
    assert {LeftOut.LATE} <= reasons <= {None, LeftOut.LATE, LeftOut.NO_CREDIT, LeftOut.SLOWED, LeftOut.BEHIND}
    assert max(state.n_dropped for state in states) >= 5
    assert len(waiting) + len([item for item in items if isinstance(item, FaceChunk)]) == ended.n_chunks
