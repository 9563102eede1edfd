"""Pictures of a camera without a camera, and reading a connection up to a point: what the live tests share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from pipeline.errors import SourceLost
from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, RunEnded, RunKey, Sample
from pipeline.video.live.clock import LiveMoment
from pipeline.video.live.connecting.address import CameraAddress, RtspTransport, parse_address
from pipeline.video.live.connecting.stream import LivePicture
from pipeline.video.live.reading import DEFAULT_LIMITS, LiveReader, ReadingLimits, ThreadLedger

RUN = RunKey("door", "r_1")
FPS = 10.0


def make_picture(
    captured_s: float, *, level: int = 100, lag_s: float = 0.0, n_lost: int = 0, size_wh: tuple[int, int] = (320, 180)
) -> LivePicture:
    """A grey picture taken at `captured_s`."""
    picture = av.VideoFrame.from_ndarray(np.full((size_wh[1], size_wh[0]), level, np.uint8), format="gray")
    return LivePicture(picture, LiveMoment(captured_s, captured_s + lag_s, lag_s), n_lost, Fraction(1))


def near(url: str, *, read_timeout_s: float = 5.0, transport: RtspTransport = RtspTransport.TCP) -> CameraAddress:
    """The address of a server of ours, which answers quickly or not at all."""
    return parse_address(url, open_timeout_s=5.0, read_timeout_s=read_timeout_s, rtsp_transport=transport)


@contextmanager
def reading(
    address: CameraAddress, *, stop: threading.Event | None = None, limits: ReadingLimits = DEFAULT_LIMITS
) -> Iterator[LiveReader]:
    """A reader of a camera whose first picture has come; nothing is gated."""
    options = SamplingOptions(fps=FPS, gate=False)
    with LiveReader(address, options, ThreadLedger(), stop or threading.Event(), limits) as reader:
        reader.open()
        yield reader


def take_chunks(reader: LiveReader, count: int) -> list[FrameChunk]:
    """The next `count` chunks."""
    return [item for item in islice(reader.read(RUN), count) if isinstance(item, FrameChunk)]


def read_until(reader: LiveReader, is_enough: Callable[[FrameChunk], bool]) -> list[FrameChunk]:
    """The chunks up to the first that is enough."""
    chunks = []
    for item in reader.read(RUN):
        assert isinstance(item, FrameChunk)
        chunks.append(item)
        if is_enough(item):
            break
    return chunks


def read_to_end(reader: LiveReader) -> tuple[list[FrameChunk], RunEnded, SourceLost]:
    """Everything up to the loss of the camera."""
    items: list[FrameChunk | RunEnded] = []
    try:
        for item in reader.read(RUN):
            items.append(item)  # noqa: PERF402 - the items before an error are wanted
    except SourceLost as error:
        *chunks, ended = items
        assert isinstance(ended, RunEnded)
        return [chunk for chunk in chunks if isinstance(chunk, FrameChunk)], ended, error
    raise AssertionError("the camera is still there")


def cells_of(chunks: list[FrameChunk]) -> list[Sample]:
    return [sample for chunk in chunks for sample in chunk.samples]
