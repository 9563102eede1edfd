"""One connection to a live camera as chunks of samples: read by a thread of its own, which may hang without harm.

FFmpeg can wait for ever in spite of its timeouts (name service, drivers). So whoever wants chunks waits for the thread
and not for the camera, and leaves a thread that gives no sign of life behind.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from pipeline.errors import SettingsError, SourceLost
from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, RunEnded, RunKey
from pipeline.video.live.account import LiveAccount, LiveCounts
from pipeline.video.live.chunks import ChunkBuilder, chunk_samples_at
from pipeline.video.live.connecting.address import CameraAddress
from pipeline.video.live.connecting.stream import LivePicture, LiveStream, Now, open_camera
from pipeline.video.live.outbox import Outbox
from pipeline.video.live.sampling import BEHIND_S, LiveCell, LiveSampler
from pipeline.video.pictures import shape_pictures

logger = logging.getLogger(__name__)

GRACE_S = 5.0
"""A thread that is silent for so much longer than its timeouts allow, in seconds, hangs."""
LOOK_S = 0.2
"""Between two looks at the thread, in seconds."""
JOIN_S = 1.0
"""Longest wait for a thread that was told to stop, in seconds; one that waits for its camera ends by itself later."""
KEPT_BYTES = 32 * 1024 * 1024
"""Pictures kept for stages that are behind: 4 s of 720p at 5 samples a second. Older ones would be no live pictures."""


@dataclass(frozen=True, slots=True)
class LiveInfo:
    """What is known about a camera once its first picture has come."""

    connected_at: datetime
    """When that picture was taken (UTC): the beginning of the time grid."""
    size_wh: tuple[int, int]
    """Pixels of the frames that are read from it: upright, square, even, no side above the largest asked for."""
    codec: str
    declared_fps: float | None
    took_s: float
    """From the attempt to connect to the first picture, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """How much and how long a reader bears."""

    kept_bytes: int = KEPT_BYTES
    grace_s: float = GRACE_S


@dataclass(slots=True)
class ThreadLedger:
    """Reading threads that were left behind; those that hang for ever cost memory until the process ends."""

    _left: list[threading.Thread] = field(default_factory=list)

    def note(self, thread: threading.Thread) -> None:
        self._left = [*self.living(), thread]

    def living(self) -> list[threading.Thread]:
        """Those that have not ended by themselves since."""
        return [thread for thread in self._left if thread.is_alive()]


DEFAULT_LIMITS = ReadingLimits()


class LiveReader:
    """Reads one connection: enter, `open`, then `read`. A new one is made for the next connection.

    `stop` ends it, and may be set by any thread.
    """

    def __init__(
        self,
        address: CameraAddress,
        options: SamplingOptions,
        ledger: ThreadLedger,
        stop: threading.Event,
        limits: ReadingLimits = DEFAULT_LIMITS,
        now: Now = time.monotonic,
    ) -> None:
        if options.fps is None:
            raise SettingsError("sampling.fps: a live camera is sampled at a rate, such as 5, and not at every frame")
        self._address, self._options, self._ledger, self._now = address, options, ledger, now
        self._account = LiveAccount()
        self._outbox = Outbox(limits.kept_bytes, self._account)
        self._chunk_samples = chunk_samples_at(options.fps)
        self._sampler = LiveSampler(options.fps, options, self._chunk_samples, self._account)
        self._builder = ChunkBuilder(self._chunk_samples)
        self._stop, self._left, self._opened = stop, threading.Event(), threading.Event()
        self._info: LiveInfo | None = None
        self._failure: Exception | None = None
        self._grace_s, self._began_s = limits.grace_s, now()
        self._alive_until_s = self._began_s + 2 * address.open_timeout_s + self._grace_s
        self._thread = threading.Thread(target=self._run, name=f"camera {address}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join(JOIN_S)
        if self._thread.is_alive():
            self._ledger.note(self._thread)

    def counts(self) -> LiveCounts:
        """What became of every cell so far. May be called by any thread."""
        return self._account.counts()

    def open(self) -> LiveInfo:
        """Wait for the first picture; raises `SourceRefused` or `SourceLost` when there is none."""
        while not self._opened.wait(LOOK_S) and not self._is_leaving():
            if self._hangs():
                raise self._hang()
        if self._info is None:
            raise self._failure or SourceLost(f"{self._address}: stopped before its first picture")
        return self._info

    def read(self, run: RunKey) -> Iterator[FrameChunk | RunEnded]:
        """The chunks, then `RunEnded`; then `SourceLost` is raised unless `stop` was set."""
        n_chunks = 0
        while not self._outbox.is_finished:
            chunk = self._outbox.take(LOOK_S)
            if chunk is not None:
                n_chunks = chunk.number + 1
                yield chunk.of_run(run, None if chunk.arrived_s is None else self._on_the_wall(chunk.arrived_s))
                self._is_leaving()
            elif self._hangs() or (self._is_leaving() and not self._is_through()):
                break
        failure = self._end()
        yield RunEnded(run, n_chunks, None if failure is None else str(failure))
        if failure is not None:
            raise failure

    def _end(self) -> Exception | None:
        if self._is_leaving():
            return None
        return self._failure if self._outbox.is_finished else self._hang()

    def _is_leaving(self) -> bool:
        """Whether this connection is no longer wanted; the thread is told when its reader finds out."""
        if self._stop.is_set():
            self._left.set()
        return self._left.is_set()

    def _is_through(self) -> bool:
        """Whether the thread has ended, and told its last cells, within the time it is given."""
        self._thread.join(JOIN_S)
        return not self._thread.is_alive()

    def _hangs(self) -> bool:
        return self._now() > self._alive_until_s

    def _hang(self) -> SourceLost:
        logger.error("%s: its thread hangs and is left behind", self._address)
        return SourceLost(f"{self._address}: reading it hangs")

    def _run(self) -> None:
        try:
            with open_camera(self._address, self._now) as stream:
                self._read_all(stream)
        except Exception as error:  # noqa: BLE001 - carried to the thread that waits in `open` or `read`
            self._failure = error
        finally:
            self._outbox.close()
            self._opened.set()

    def _read_all(self, stream: LiveStream) -> None:
        try:
            for live in stream.read(self._left, self._beat):
                if self._info is None:
                    self._info = self._first(stream, live)
                    self._opened.set()
                self._take(live)
        finally:
            self._finish()

    def _beat(self) -> None:
        self._alive_until_s = self._now() + self._address.read_timeout_s + self._grace_s

    def _on_the_wall(self, moment_s: float) -> datetime:
        """A moment of our own clock as one of the clock on the wall, UTC."""
        return datetime.now(UTC) - timedelta(seconds=self._now() - moment_s)

    def _first(self, stream: LiveStream, live: LivePicture) -> LiveInfo:
        now_s = self._now()
        options = self._options
        shape = shape_pictures(live.picture, live.pixel_aspect, options.largest_side, options.rotation)
        return LiveInfo(
            connected_at=self._on_the_wall(live.moment.captured_s),
            size_wh=shape.upright_wh,
            codec=stream.facts.codec,
            declared_fps=stream.facts.declared_fps,
            took_s=now_s - self._began_s,
        )

    def _take(self, live: LivePicture) -> None:
        lag_s = live.moment.lag_s
        pressure = max(self._outbox.fill, min(1.0, lag_s / BEHIND_S))
        self._sampler.pace = self._sampler.pace.after(pressure, live.moment.arrived_s)
        self._account.count_frame(lag_s, live.n_lost_before, self._sampler.pace.stride)
        for cell in self._sampler.take(live):
            self._put(cell)
        if self._outbox.is_overrun:
            raise SourceLost(f"{self._address}: nobody has taken its pictures for very long")

    def _put(self, cell: LiveCell) -> None:
        chunk = self._builder.add(cell)
        if chunk is not None:
            self._outbox.put(chunk)

    def _finish(self) -> None:
        """Tell the cells up to the end, and what is left of a chunk."""
        for cell in self._sampler.finish(self._now()):
            self._put(cell)
        chunk = self._builder.flush()
        if chunk is not None:
            self._outbox.put(chunk)
