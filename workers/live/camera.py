"""A live camera's task: every connection a run, its chunks on the live frames stream, what is late left out.

Whatever is left out is told downstream as DROPPED. The stages behind never wait for a camera, and a camera never waits
for them: pictures older than a second are no live pictures any more.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.cameras.configured import Camera
from pipeline.control.live.camera_states import CameraState
from pipeline.control.work.run_records import RunRecord
from pipeline.errors import SourceLost, TransportLost
from pipeline.schemas import FaceChunk, FrameChunk, LeftOut, RunEnded, RunKey, SampleState
from pipeline.video.live.account import LiveCounts
from pipeline.video.live.connecting.address import CameraKind
from pipeline.video.live.connecting.reconnecting import follow_camera
from pipeline.video.live.reading import LiveInfo, LiveReader, ReadingLimits, ThreadLedger
from pipeline.video.live.stretch import Stretch, is_due
from workers.live.passage import LivePassage, LiveRunBook, take_over, without_pictures
from workers.live.viewing import CameraView
from workers.messages import Work, pack, stage_options
from workers.metrics import catalogue as of
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.metrics.live import CameraMeter
from workers.pulse import Pulse
from workers.timing import Every
from workers.wire.pictures import Codec
from workers.wire.transport import FRAMES_LIVE, Envelope, Transport

logger = logging.getLogger(__name__)

NAME = "camera"

TEND_S = 1.0
"""Between two looks at what is on its way, in seconds; each is a sign of life, too."""
MAX_AGE_S = 1.0
"""A picture that found no room for so long, in seconds, is left out: what comes after it is more to the point."""
LOOK_S = 0.02
"""Between two looks for room, in seconds."""
IN_FLIGHT_PICTURES = 4
"""Most pictures of one camera that wait for a detector: at five samples a second, those of 0.8 s."""
LIMITS = ReadingLimits(kept_bytes=8 << 20)
"""Few pictures wait in front of us, so that sampling gets thinner before anything has to be left out."""


DRAIN_S = 5.0
"""How long a task that was told to stop waits for the record to have what it told, in seconds."""
VIEW_S = 5.0
"""Between two looks whether somebody is in view, in seconds, once a run is old."""
FILE_PAUSE_S = 0.5
"""Between two playings of a file, in seconds: it does not have to be spared."""


@dataclass(frozen=True, slots=True)
class CameraBook:
    """What a camera's task needs of the control database."""

    runs: LiveRunBook
    begin: Callable[[Camera, datetime], RunRecord]
    """Registers the run of a connection that began at that moment."""
    left_over: Callable[[str], Sequence[RunRecord]]
    """Runs of this source that are not complete."""
    is_nobody_in_view: Callable[[str], bool]
    """Whether no face is being followed in this run."""
    report: Callable[[CameraState], None]
    """Says how the camera is doing."""


class CameraTask:
    """Follows one camera until `stop` is set; what goes wrong with it is said and tried again."""

    def __init__(
        self,
        camera: Camera,
        book: CameraBook,
        transport: Transport,
        stop: threading.Event,
        metrics: Metrics = UNCOUNTED,
        view: CameraView | None = None,
    ) -> None:
        """`view` is where its pictures are shown to those who look."""
        self._camera = camera
        self._shown = view
        self._book = book
        self._transport = transport
        self._stop = stop
        self._metrics = metrics
        self._token = uuid.uuid4().hex
        self._options = stage_options(camera.options)
        self._codec = Codec.RAW if transport.is_local else Codec.JPEG
        self._ledger = ThreadLedger()
        self._is_file = camera.address.kind is CameraKind.FILE
        self._connected_s = 0.0
        self._current: tuple[Stretch, LivePassage] | None = None
        self._passages: list[LivePassage] = []
        self._tending = threading.Lock()
        self._view = Every(VIEW_S)
        self._reader: LiveReader | None = None
        self._counted: LiveCounts | None = None
        self._n_late = self._n_lost = 0  # pictures of this connection; each is counted by one thread
        self._meter = CameraMeter(metrics, camera.name)
        self._state = _away(camera.name, None)

    def run(self) -> None:
        """Read the camera and publish, connection after connection; returns with the last run's end told."""
        self._take_over()
        with Pulse(f"camera {self._camera.name}", TEND_S, self._beat):
            chunks = follow_camera(self._connect, self._connected, self._wait, random.Random(), lost=self._lost)
            for item in chunks:
                if isinstance(item, RunEnded):
                    self._end(item.n_chunks, None if self._stop.is_set() or self._is_file else item.problem)
                else:
                    self._bring(item)
            self._drain()

    def _take_over(self) -> None:
        """End what an earlier process of this camera has left."""
        for record in self._book.left_over(self._camera.name):
            logger.warning("%s: ending run %s, which nobody reads any more", self._camera.name, record.run.run_id)
            passage = take_over(self._book.runs, self._transport, record, self._token, datetime.now(UTC))
            self._passages.append(passage)
        self._tend()

    def _connect(self) -> LiveReader:
        self._reader = LiveReader(self._camera.address, self._camera.options.sampling, self._ledger, self._stop, LIMITS)
        self._counted, self._meter = None, CameraMeter(self._metrics, self._camera.name)
        self._n_late = self._n_lost = 0
        return self._reader

    def _wait(self, seconds: float) -> bool:
        """A file that is played as a camera begins again without a pause to speak of."""
        return self._stop.wait(min(seconds, FILE_PAUSE_S) if self._is_file else seconds)

    def _lost(self, error: SourceLost) -> None:
        if self._state.is_connected or self._state.problem != str(error):
            self._state = _away(self._camera.name, str(error))
            self._report()

    def _connected(self, _reader: LiveReader, info: LiveInfo) -> RunKey:
        logger.info("%s is connected: %sx%s, %s", self._camera.name, *info.size_wh, info.codec)
        self._connected_s = time.monotonic() - (datetime.now(UTC) - info.connected_at).total_seconds()
        now = datetime.now(UTC)
        self._state = CameraState(
            name=self._camera.name, is_connected=True, since=info.connected_at, problem=None, updated_at=now
        )
        self._report()
        fps = self._camera.options.sampling.fps or 1.0
        return self._begin(Stretch(RunKey(self._camera.name, ""), info.connected_at, fps)).run

    def _begin(self, unnamed: Stretch) -> Stretch:
        record = self._book.begin(self._camera, unnamed.began_at)
        self._book.runs.mark_ingesting(record.run.run_id, self._token, datetime.now(UTC))
        stretch = replace(unnamed, run=record.run)
        passage = LivePassage(record.run, self._options, self._token, self._note_lost)
        self._current = stretch, passage
        with self._tending:
            self._passages.append(passage)
        return stretch

    def _bring(self, chunk: FrameChunk) -> None:
        """Publish the chunk, without its pictures when there is no room for them in time."""
        stretch, passage = self._open_run(chunk)
        moved = stretch.moved(chunk)
        told: FrameChunk | FaceChunk = moved
        try:
            if not (moved.frames and self._publish_pictures(moved, stretch)):
                told = without_pictures(moved, LeftOut.LATE)
                passage.publish(self._transport, told)
        except TransportLost as error:
            self._metrics.add(of.SERVER_LOSSES, stage=NAME)
            logger.warning("%s waits for the server: %s", self._camera.name, error)
        passage.note(told)
        if self._shown is not None:
            self._shown.show(moved, stretch.began_at)

    def _open_run(self, chunk: FrameChunk) -> tuple[Stretch, LivePassage]:
        """The run that `chunk` belongs to: a new one when the one before is too old, or was taken from us."""
        if self._current is None:
            raise RuntimeError("a chunk came before its connection")
        stretch, passage = self._current
        if not (passage.is_lost or self._is_old(stretch, stretch.age_s(chunk))):
            return stretch, passage
        self._end(chunk.number, None)
        logger.info("%s goes on in a new run", self._camera.name)
        return self._begin(stretch.beginning_at(chunk)), self._passages[-1]

    def _is_old(self, stretch: Stretch, age_s: float) -> bool:
        if not is_due(age_s, is_nobody_in_view=True) or not self._view.is_due():
            return False
        return is_due(age_s, is_nobody_in_view=self._book.is_nobody_in_view(stretch.run.run_id))

    def _publish_pictures(self, chunk: FrameChunk, stretch: Stretch) -> bool:
        envelope = pack(Work(chunk, self._options), self._codec)
        if not self._await_room(chunk, envelope, stretch):
            self._metrics.add(of.CAMERA_DROPS, len(chunk.frames), camera=self._camera.name, reason=LeftOut.LATE.value)
            self._n_late += len(chunk.frames)
            return False
        self._transport.publish(FRAMES_LIVE, envelope)
        self._metrics.add(of.CHUNKS, stage=NAME)
        return True

    def _note_lost(self, n_pictures: int) -> None:
        self._metrics.add(of.CAMERA_DROPS, n_pictures, camera=self._camera.name, reason=LeftOut.LOST.value)
        self._n_lost += n_pictures

    def _await_room(self, chunk: FrameChunk, envelope: Envelope, stretch: Stretch) -> bool:
        """Wait while the chunk is young; False when it has grown too old."""
        too_old_s = self._connected_s + stretch.offset_s + chunk.samples[-1].media_s + MAX_AGE_S
        most_bytes = max(1, IN_FLIGHT_PICTURES // len(chunk.frames)) * envelope.n_bytes
        while True:
            sizes = self._transport.in_flight(chunk.run.run_id)
            if not sizes or sum(sizes.values()) + envelope.n_bytes <= most_bytes:
                return True
            if time.monotonic() >= too_old_s or self._stop.wait(LOOK_S):
                return False

    def _end(self, n_chunks: int, problem: str | None) -> None:
        """End the current run after so many chunks of its connection."""
        if self._current is None:
            return
        stretch, passage = self._current
        ended = stretch.ended(n_chunks, problem)
        passage.end(ended)
        if self._shown is not None:
            self._shown.leave()
        logger.info("%s: run %s ended after %s chunks", self._camera.name, ended.run.run_id, ended.n_chunks)
        try:
            self._tend()
        except TransportLost as error:
            logger.warning("%s waits for the server: %s", self._camera.name, error)

    def _drain(self) -> None:
        """Wait for the record to have everything, for a while; whoever comes next does the rest."""
        give_up_at = time.monotonic() + DRAIN_S
        pause = threading.Event()
        while self._passages and time.monotonic() < give_up_at:
            pause.wait(TEND_S / 5)
            try:
                self._tend()
            except TransportLost as error:
                logger.warning("%s leaves without the server: %s", self._camera.name, error)
                return

    def _beat(self) -> None:
        self._metrics.beat(self._camera.name)
        self._count()
        self._report()
        self._tend()

    def _report(self) -> None:
        self._book.report(replace(self._state, updated_at=datetime.now(UTC)))

    def _tend(self) -> None:
        """Look after every run that is not in the record yet."""
        with self._tending:
            now = datetime.now(UTC)
            over = [one for one in self._passages if not one.tend(self._book.runs, self._transport, now)]
            self._passages = [one for one in self._passages if one not in over]

    def _count(self) -> None:
        """Tell what came since the last look."""
        if self._reader is None:
            return
        now, before = self._reader.counts(), self._counted
        state = _counted(self._state, now, before)
        self._state = replace(state, n_dropped=state.n_dropped + self._n_late + self._n_lost)
        self._meter.update(now)
        self._counted = now


def _away(name: str, problem: str | None) -> CameraState:
    """The state of a camera that is not connected from now on."""
    now = datetime.now(UTC)
    return CameraState(name=name, is_connected=False, since=now, problem=problem, updated_at=now)


def _counted(state: CameraState, now: LiveCounts, before: LiveCounts | None) -> CameraState:
    """The state with what a connection's account says, `TEND_S` after it said `before`."""
    return replace(
        state,
        fps=(now.n_frames - (before.n_frames if before else 0)) / TEND_S if state.is_connected else 0.0,
        n_samples=now.n_cells,
        n_dropped=now.in_state(SampleState.DROPPED),
        n_failed=now.in_state(SampleState.FAILED),
        lag_s=now.lag_s,
    )
