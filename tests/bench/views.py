"""Views: what a camera costs that somebody looks at, in its own process and in that of the pages.

Processor time, with a real server between the camera and the wall; pictures of 720p at five samples a second.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dashboards.web.live.shots import shot_bytes
from dashboards.web.live.wall import Wall
from pipeline.events.scenes import FaceInView, Scene
from pipeline.schemas import Frame, FrameChunk, RunKey, Sample, SampleState
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.builders import BOX, START
from tests.workers.conftest import wait_for_server
from workers.live.view_streams import RedisViews
from workers.live.viewing import CameraView
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.wire.pictures import encode_preview
from workers.wire.views import Picture, PictureNote

SIZE_WH = (1280, 720)
FPS = 5
WIDTHS = (0, 640, 1280)
CAMERAS = 4
N_FACES = 3


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """The cost of a sample at each width, and of a wall by the number of browsers."""
    n_samples = 20 if settings.short else 100
    with _server() as url:
        for width in WIDTHS:
            detail = (
                f"{SIZE_WH[0]}x{SIZE_WH[1]}, {n_samples} samples; times {FPS} is the share of a core in ms a second"
            )
            what = f"camera, a sample shown {width} pixels wide" if width else "camera, a sample that nobody looks at"
            yield Measurement(what=what, figure=_camera_ms(url, width, n_samples), unit="CPU-ms", detail=detail)
        for n_browsers in (1, 4):
            detail = f"{CAMERAS} cameras at {FPS} pictures a second, {N_FACES} faces in each; HTTP itself apart"
            what = f"pages, a second of the wall for {n_browsers} browser{'s' if n_browsers > 1 else ''}"
            yield Measurement(what=what, figure=_wall_ms(url, n_browsers, n_samples), unit="CPU-ms", detail=detail)


def _camera_ms(url: str, width: int, n_samples: int) -> float:
    """Of the process that reads a camera, for each sample."""
    camera, views, pause = f"door{width}", RedisViews(url), threading.Event()
    view, used_s = CameraView(camera, views), 0.0
    for number in range(n_samples):
        chunk = _chunk(camera, number)
        if width:
            views.look(camera, width)
        before_s = time.process_time()
        view.show(chunk, START)
        used_s += time.process_time() - before_s
        pause.wait(1 / FPS)
    views.close()
    return 1000 * used_s / n_samples


def _wall_ms(url: str, n_browsers: int, n_samples: int) -> float:
    """Of the process of the pages, for each second: all threads but the one that plays the cameras here."""
    views, over = RedisViews(url), threading.Event()
    wall = Wall(lambda: RedisViews(url))
    names = [f"camera{place}" for place in range(CAMERAS)]
    browsers = [threading.Thread(target=_browse, args=(wall, names, over)) for _ in range(n_browsers)]
    jpeg = encode_preview(_chunk("door", 0).frames[-1].i420, WIDTHS[1]).jpeg
    for browser in browsers:
        browser.start()
    begun_s = time.process_time() - time.thread_time()
    for number in range(n_samples):
        for name in names:
            note = PictureNote(source_id=name, run_id="r", number=number, captured_at=0.0, width=640, height=360)
            views.show(Picture(note, jpeg))
            views.show(_scene(name, number))
        over.wait(1 / FPS)
    used_s = time.process_time() - time.thread_time() - begun_s
    over.set()
    for browser in browsers:
        browser.join()
    wall.stop()
    views.close()
    return 1000 * used_s / (n_samples / FPS)


def _browse(wall: Wall, names: list[str], over: threading.Event) -> None:
    """Take every shot, as it would be sent."""
    rung = threading.Event()
    with wall.looking(names, WIDTHS[1], rung.set) as glance:
        while not over.is_set():
            rung.wait(1.0)
            rung.clear()
            for shot in glance.take():
                shot_bytes(shot)


def _chunk(camera: str, number: int) -> FrameChunk:
    width, height = SIZE_WH
    planes = np.random.default_rng(number).integers(90, 110, (height * 3 // 2, width), np.uint8)
    sample = Sample(number, number / FPS, SampleState.DECODED)
    return FrameChunk(RunKey(camera, "r"), number, (sample,), (Frame(number, planes),), SIZE_WH)


def _scene(camera: str, number: int) -> Scene:
    faces = tuple(FaceInView(track_id=f"t_{n}", box_xywh=BOX, name="Ada", score=0.7) for n in range(N_FACES))
    return Scene(source_id=camera, run_id="r", number=number, faces=faces)


@contextmanager
def _server() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        server = embedded_server(Path(folder))
        with subprocess.Popen(leashed(server.command)) as process:
            wait_for_server(server.url).close()
            yield server.url
            process.kill()
