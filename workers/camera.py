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
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.cameras import Camera
from pipeline.control.run_records import RunRecord
from pipeline.errors import TransportLost
from pipeline.schemas import FrameChunk, RunEnded, RunKey
from pipeline.video.live.reading import LiveInfo, LiveReader, ReadingLimits, ThreadLedger
from pipeline.video.live.reconnecting import follow_camera
from workers.live_passage import LivePassage, LiveRunBook, take_over, without_pictures
from workers.messages import Work, pack, stage_options
from workers.pulse import Pulse
from workers.wire.pictures import Codec
from workers.wire.transport import FRAMES_LIVE, Envelope, Transport

logger = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class CameraBook:
    """What a camera's task needs of the control database."""

    runs: LiveRunBook
    begin: Callable[[Camera, datetime], RunRecord]
    """Registers the run of a connection that began at that moment."""
    left_over: Callable[[str], list[RunRecord]]
    """Runs of this source that are not complete."""


class CameraTask:
    """Follows one camera until `stop` is set; what goes wrong with it is said and tried again."""

    def __init__(self, camera: Camera, book: CameraBook, transport: Transport, stop: threading.Event) -> None:
        self._camera = camera
        self._book = book
        self._transport = transport
        self._stop = stop
        self._token = uuid.uuid4().hex
        self._ledger = ThreadLedger()
        self._passages: list[LivePassage] = []
        self._tending = threading.Lock()
        self._began_s = 0.0
        self._reader: LiveReader | None = None

    def run(self) -> None:
        """Read the camera and publish, connection after connection; returns with the last run's end told."""
        self._take_over()
        with Pulse(f"camera {self._camera.name}", TEND_S, self._tend):
            for item in follow_camera(self._connect, self._begin, self._stop.wait, random.Random()):
                if isinstance(item, RunEnded):
                    self._end(item)
                else:
                    self._bring(item)

    def _take_over(self) -> None:
        """End what an earlier process of this camera has left."""
        for record in self._book.left_over(self._camera.name):
            logger.warning("%s: ending run %s, which nobody reads any more", self._camera.name, record.run.run_id)
            passage = take_over(self._book.runs, self._transport, record, self._token, datetime.now(UTC))
            self._passages.append(passage)
        self._tend()

    def _connect(self) -> LiveReader:
        self._reader = LiveReader(self._camera.address, self._camera.options.sampling, self._ledger, self._stop, LIMITS)
        return self._reader

    def _begin(self, reader: LiveReader, info: LiveInfo) -> RunKey:
        record = self._book.begin(self._camera, info.connected_at)
        self._book.runs.mark_ingesting(record.run.run_id, self._token, datetime.now(UTC))
        self._began_s = time.monotonic() - (datetime.now(UTC) - info.connected_at).total_seconds()
        self._passages.append(LivePassage(record.run, stage_options(self._camera.options), self._token))
        logger.info("%s is connected: %sx%s, %s", self._camera.name, *info.size_wh, info.codec)
        return record.run

    def _bring(self, chunk: FrameChunk) -> None:
        """Publish the chunk, without its pictures when there is no room for them in time."""
        passage = self._passages[-1]
        try:
            if not (chunk.frames and self._publish_pictures(chunk)):
                passage.publish(
                    self._transport, without_pictures(chunk.run, chunk.number, chunk.samples, chunk.frame_size_wh)
                )
        except TransportLost as error:
            logger.warning("%s waits for the server: %s", self._camera.name, error)
        passage.note(chunk)

    def _publish_pictures(self, chunk: FrameChunk) -> bool:
        codec = Codec.RAW if self._transport.is_local else Codec.JPEG
        envelope = pack(Work(chunk, stage_options(self._camera.options)), codec)
        if not self._await_room(chunk, envelope):
            return False
        self._transport.publish(FRAMES_LIVE, envelope)
        return True

    def _await_room(self, chunk: FrameChunk, envelope: Envelope) -> bool:
        """Wait while the chunk is young; False when it has grown too old."""
        too_old_at = self._began_s + chunk.samples[-1].media_s + MAX_AGE_S
        most_bytes = max(1, IN_FLIGHT_PICTURES // len(chunk.frames)) * envelope.n_bytes
        while time.monotonic() < too_old_at:
            sizes = self._transport.in_flight(chunk.run.run_id)
            if not sizes or sum(sizes.values()) + envelope.n_bytes <= most_bytes:
                return True
            if self._stop.wait(LOOK_S):
                break
        return False

    def _end(self, ended: RunEnded) -> None:
        problem = None if self._stop.is_set() else ended.problem
        self._passages[-1].end(replace(ended, problem=problem))
        logger.info("%s: run %s ended after %s chunks", self._camera.name, ended.run.run_id, ended.n_chunks)
        try:
            self._tend()
        except TransportLost as error:
            logger.warning("%s waits for the server: %s", self._camera.name, error)

    def _tend(self) -> None:
        """Look after every run that is not in the record yet."""
        with self._tending:
            now = datetime.now(UTC)
            over = [one for one in self._passages if not one.tend(self._book.runs, self._transport, now)]
            self._passages = [one for one in self._passages if not (one in over and one.has_ended)]
