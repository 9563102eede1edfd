"""Ten cameras of which three are dead: the living are read whatever becomes of the others, and nothing grows."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from pipeline.config import CameraSettings
from pipeline.video.writing import WritingOptions, write_video
from tests.end_to_end.commands import make_folder
from tests.end_to_end.live_stack import LiveStack, live_stack, wait_until
from tests.pipeline.video.clips import draw_frames
from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer

pytestmark = pytest.mark.slow

LIVING = tuple(f"living_{number}" for number in range(7))
REFUSED = {"gone": "refused", "locked": "password is wrong", "mute": "no answer"}
"""The dead cameras, and a word of why."""
LONG_LEASE_S = 600.0
"""No lease runs out while these tests last, in seconds."""
START_S = 60.0
"""Longest wait for models and ten processes, in seconds."""
OFTEN_WHOLE = WritingOptions(codec_options={"g": "12", "bf": "0"})
TRIES = 2
MOST_THREADS = 16
MOST_RSS_MB = 250
"""Twice the threads of a camera that is read, and half as much again as its memory."""


@dataclass(frozen=True, slots=True)
class Ten:
    """The stack, and what its cameras are."""

    stack: LiveStack
    servers: Mapping[str, RtspServer]
    wide: Path

    def n_told(self) -> dict[str, int]:
        """Chunks in the record of each living camera's first run."""
        return {name: self.stack.runs(name)[0].next_chunk for name in LIVING}

    def processes(self) -> list[psutil.Process]:
        return [psutil.Process(self.stack.pid_of(f"camera-{name}")) for name in (*LIVING, *REFUSED)]


@pytest.fixture(scope="module")
def ten(weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ten]:
    """Seven cameras, and one each that refuses, does not know us, and takes the connection without an answer."""
    folder = tmp_path_factory.mktemp("ten")
    clip, wide = folder / "clip.mp4", folder / "wide.mp4"
    write_video(clip, draw_frames(50, size_wh=(160, 96)), 25, OFTEN_WHOLE)
    write_video(wide, draw_frames(50, size_wh=(224, 128)), 25, OFTEN_WHOLE)
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("FACETRAIL_CAMERA_LOCKED_PASSWORD", "wr0ng")
        servers = {name: stack.enter_context(RtspServer.of(clip)) for name in (*LIVING, "locked", "mute")}
        servers["locked"].behaviour.login = Login("admin", "s3cret")
        servers["mute"].behaviour.frozen = True
        urls = {name: server.url for name, server in servers.items()}
        urls |= {"gone": "rtsp://127.0.0.1:9/live", "locked": servers["locked"].url.replace("//", "//admin@")}
        cameras = {
            name: CameraSettings(url=url, open_timeout_s=1, read_timeout_s=2, sampling={"fps": 2})
            for name, url in urls.items()
        }
        data = make_folder(folder / "data", weights_cache).data
        yield Ten(stack.enter_context(live_stack(data, cameras, LONG_LEASE_S)), servers, wide)


def test_living_are_read_and_dead_told_with_their_reason(ten: Ten) -> None:
    wait_until(lambda: all(ten.stack.runs(name) for name in LIVING), START_S, "all living cameras are read")
    wait_until(lambda: min(ten.n_told().values()) >= 2, START_S, "all living cameras are in the record")
    wait_until(lambda: all(map(ten.stack.problem_of, REFUSED)), 10, "all dead cameras are told")

    problems = {name: ten.stack.problem_of(name) for name in REFUSED}

    assert {name for name, problem in problems.items() if REFUSED[name] in problem} == set(REFUSED)
    assert [run for name in REFUSED for run in ten.stack.runs(name)] == []
    assert [name for name in LIVING if ten.stack.problem_of(name)] == []


def test_garbage_and_another_size_are_their_own_cameras_affair(ten: Ten) -> None:
    before = ten.n_told()

    ten.servers["living_0"].behaviour.garbage = 30
    ten.servers["living_1"].switch(ten.wide)
    wait_until(lambda: ten.stack.runs("living_0")[0].counters.n_failed, 10, "the damage is in the record")
    wait_until(lambda: all(now >= before[name] + 6 for name, now in ten.n_told().items()), 20, "all go on")

    assert {name: len(ten.stack.runs(name)) for name in LIVING} == dict.fromkeys(LIVING, 1)


def test_killed_aggregator_does_not_hold_its_cameras_up_until_its_leases_run_out(ten: Ten) -> None:
    before = ten.n_told()

    os.kill(ten.stack.pid_of("aggregator"), signal.SIGKILL)
    wait_until(lambda: all(now >= before[name] + 6 for name, now in ten.n_told().items()), 60, "all go on")

    assert {name: len(ten.stack.runs(name)) for name in LIVING} == dict.fromkeys(LIVING, 1)


def test_tries_in_vain_leave_neither_threads_nor_memory_behind(ten: Ten) -> None:
    mute = ten.servers["mute"]
    wait_until(lambda: mute.n_connections > TRIES, 20, "the mute camera was tried again and again")

    processes = ten.processes()

    assert max(process.num_threads() for process in processes) <= MOST_THREADS
    assert max(process.memory_info().rss for process in processes) <= MOST_RSS_MB << 20
