"""Live cameras: four of 720p at 25 pictures a second from our own RTSP server, five samples a second of each.

The delay is from the moment at which the server sends a picture to the moment at which its chunk can be taken; the
pictures carry their number. Servers run in this process for the delay, and in one of their own for the cost.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import psutil

from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunKey
from pipeline.video.live.account import LiveCounts
from pipeline.video.live.connecting.address import RtspTransport, parse_address
from pipeline.video.live.reading import LiveReader, ThreadLedger
from pipeline.video.writing import WritingOptions, write_video
from tests.bench.footage import prepare_footage, read_samples
from tests.bench.live_stack import measure_stack
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.rtsp.running import RtspServer
from tests.rtsp.timecode import draw_timecode, read_timecode

CAMERAS = 4
FPS = 25
CLIP_S = 12
LIKE_A_CAMERA = WritingOptions(codec_options={"bf": "0", "g": "50", "preset": "veryfast", "crf": "26"})
MB = 1e6


@dataclass(slots=True)
class Watched:
    """What one camera brought."""

    delays_s: list[float] = field(default_factory=list)
    counts: LiveCounts | None = None


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Delay, cost and memory of reading four cameras."""
    clip, seconds = make_clip(settings.folder), 15.0 if settings.short else 60.0
    for transport in RtspTransport:
        with ExitStack() as stack:
            servers = [stack.enter_context(RtspServer.of(clip)) for _ in range(CAMERAS)]
            watched = _watch([server.url for server in servers], transport, seconds, servers)
        yield _delay(transport, watched)
    with _server_apart(clip) as url:
        process, before = psutil.Process(), time.process_time()
        memory_before = process.memory_info().rss
        watched = _watch([url] * CAMERAS, RtspTransport.TCP, seconds, [])
        spent_s, grown = time.process_time() - before, process.memory_info().rss - memory_before
    n_frames = sum(one.counts.n_frames for one in watched if one.counts)
    yield Measurement(
        what="live: CPU a decoded picture",
        figure=1000 * spent_s / n_frames,
        unit="ms",
        detail=f"{spent_s:.1f} s for {n_frames} pictures of {CAMERAS} cameras, shots and gate included",
    )
    yield from measure_stack(clip, settings.folder, seconds)
    yield Measurement(
        what="live: memory", figure=grown / MB, unit="MB", detail=f"more with {CAMERAS} cameras than before"
    )


def _delay(transport: RtspTransport, watched: Sequence[Watched]) -> Measurement:
    delays_ms = 1000 * np.array([delay for one in watched for delay in one.delays_s])
    fates = {fate.value: 0 for one in watched if one.counts for fate in one.counts.cells}
    for one in watched:
        for fate, count in one.counts.cells.items() if one.counts else ():
            fates[fate.value] += count
    return Measurement(
        what=f"live: sent to chunk, {transport}, p95",
        figure=float(np.quantile(delays_ms, 0.95)),
        unit="ms",
        detail=f"median {np.median(delays_ms):.1f}, most {delays_ms.max():.1f} ms of {len(delays_ms)} samples; {fates}",
    )


def _watch(
    urls: Sequence[str], transport: RtspTransport, seconds: float, servers: Sequence[RtspServer]
) -> list[Watched]:
    """Read all cameras at once; delays where the servers are at hand."""
    stop, watched = threading.Event(), [Watched() for _ in urls]
    sent = [server.sent_at for server in servers] or [{} for _ in urls]
    threads = [
        threading.Thread(target=_watch_one, args=(url, transport, stop, sent_at, one))
        for url, sent_at, one in zip(urls, sent, watched, strict=True)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return watched


def _watch_one(
    url: str, transport: RtspTransport, stop: threading.Event, sent_at: dict[int, float], into: Watched
) -> None:
    address = parse_address(url, rtsp_transport=transport)
    with LiveReader(address, SamplingOptions(), ThreadLedger(), stop) as reader:
        reader.open()
        for item in reader.read(RunKey("door", "run")):
            if isinstance(item, FrameChunk):
                into.delays_s += _delays(item, sent_at, time.time())
        into.counts = reader.counts()


def _delays(chunk: FrameChunk, sent_at: dict[int, float], now: float) -> list[float]:
    numbers = [read_timecode(frame.i420[: frame.size_wh[1]]) for frame in chunk.frames]
    return [now - sent_at[number] for number in numbers if number is not None and number in sent_at]


@contextmanager
def _server_apart(clip: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.rtsp", str(clip), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def make_clip(folder: Path) -> Path:
    """The clip that every camera sends: 720p with the media milliseconds in every picture, five samples a second."""
    path = folder / f"timecoded_{CLIP_S}s.mp4"
    if not path.is_file():
        video = prepare_footage(folder, 60).video
        write_video(path, _numbered(video), FPS, LIKE_A_CAMERA)
    return path


def _numbered(video: Path) -> Iterator[ImageU8]:
    shown = [
        cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420) for i420, _ in zip(read_samples(video), range(60), strict=False)
    ]
    for number in range(CLIP_S * FPS):
        yield draw_timecode(shown[number // 5 % len(shown)], number * 1000 // FPS)
