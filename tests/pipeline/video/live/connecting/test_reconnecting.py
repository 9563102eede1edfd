"""A camera is followed over its absences; every connection is a run of its own."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from pipeline.options import SamplingOptions
from pipeline.schemas import RunEnded, RunKey
from pipeline.video.live.connecting.address import CameraAddress
from pipeline.video.live.connecting.reconnecting import follow_camera
from pipeline.video.live.reading import LiveInfo, LiveReader, ThreadLedger
from tests.pipeline.video.live.live_pictures import near
from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer


class Runs:
    """Names runs by their count, and waits for cameras without waiting."""

    def __init__(self, address: CameraAddress, waits: int) -> None:
        self.address, self.stop = address, threading.Event()
        self.begun: list[RunKey] = []
        self.waited_s: list[float] = []
        self._waits = waits

    def connect(self) -> LiveReader:
        return LiveReader(self.address, SamplingOptions(fps=10, gate=False), ThreadLedger(), self.stop)

    def begin(self, reader: LiveReader, info: LiveInfo) -> RunKey:
        self.begun.append(RunKey("door", f"r_{len(self.begun)}"))
        return self.begun[-1]

    def wait(self, seconds: float) -> bool:
        self.waited_s.append(seconds)
        return len(self.waited_s) >= self._waits


@pytest.mark.slow
def test_killed_and_restarted_camera_goes_on_as_a_new_run(clip: Path) -> None:
    with RtspServer.of(clip) as server:
        runs, seen = Runs(near(server.url), waits=50), []
        for item in follow_camera(runs.connect, runs.begin, runs.wait, random.Random(0)):
            seen.append(item)
            if len(seen) == 2:
                server.kill()
                server.restart()
            if len(runs.begun) == 2 and not isinstance(item, RunEnded):
                runs.stop.set()

    ends = [item for item in seen if isinstance(item, RunEnded)]
    assert [end.run for end in ends] == runs.begun
    assert [end.problem is None for end in ends] == [False, True]


def test_camera_that_refuses_is_tried_again_slowly(clip: Path) -> None:
    with RtspServer.of(clip, login=Login("admin", "s3cret")) as server:
        runs = Runs(near(server.url_as("admin", "wr0ng")), waits=2)

        items = list(follow_camera(runs.connect, runs.begin, runs.wait, random.Random(0)))

    assert (items, runs.begun) == ([], [])
    assert min(runs.waited_s) >= 15


@pytest.mark.slow
def test_dead_cameras_do_not_disturb_the_living(clip: Path) -> None:
    with RtspServer.of(clip) as dead:
        dead_url = dead.url
    with RtspServer.of(clip) as server:
        everybody = [Runs(near(server.url if place % 10 < 7 else dead_url), waits=2) for place in range(10)]
        done = [threading.Thread(target=_follow_a_while, args=(runs,)) for runs in everybody]
        for thread in done:
            thread.start()
        for thread in done:
            thread.join(20)

    assert [len(runs.begun) for runs in everybody] == [1] * 7 + [0] * 3


def _follow_a_while(runs: Runs) -> None:
    for place, _ in enumerate(follow_camera(runs.connect, runs.begin, runs.wait, random.Random(0))):
        if place == 3:
            runs.stop.set()
