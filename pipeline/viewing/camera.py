"""A camera as annotated pictures, from connection to connection: while it is away, its last picture says so."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime

from pipeline.errors import SourceLost, SourceRefused
from pipeline.options import SamplingOptions
from pipeline.schemas import RunEnded
from pipeline.video.live.connecting.address import CameraAddress, CameraKind
from pipeline.video.live.connecting.backoff import Backoff
from pipeline.video.live.reading import LiveReader, ReadingLimits, ThreadLedger
from pipeline.viewing.viewer import VIEW, Annotator, Look, ViewedFrame, every_picture

logger = logging.getLogger(__name__)

LIMITS = ReadingLimits(kept_bytes=4 * 1024 * 1024)
"""Pictures that wait to be looked at, in bytes: three of 720p. Older ones would only be shown late."""
AWAY_S = 1.0
"""Between two pictures that say that the camera is away, in seconds."""


def view_camera(
    address: CameraAddress, name: str, sampling: SamplingOptions, look: Look, stop: threading.Event
) -> Iterator[ViewedFrame]:
    """What a camera shows, until `stop` is set; pictures that come too fast are left out.

    A camera that goes away is tried again as in the record. Raises `SourceRefused` or `SourceLost` when there is no
    picture at all. The end of a file is the end.
    """
    return _Viewing(address, sampling, Annotator(look, name), stop).frames()


class _Viewing:
    """One camera from its first picture on."""

    def __init__(
        self, address: CameraAddress, sampling: SamplingOptions, annotator: Annotator, stop: threading.Event
    ) -> None:
        self._address = address
        self._sampling = every_picture(sampling)
        self._annotator = annotator
        self._stop = stop
        self._ledger = ThreadLedger()
        self._rng = random.Random()
        self._opened_s: float | None = None
        self._lost_at: datetime | None = None

    def frames(self) -> Iterator[ViewedFrame]:
        backoff = Backoff()
        while not self._stop.is_set() and (lost := (yield from self._connection())) is not None:
            lasted_s = 0.0 if self._opened_s is None else time.monotonic() - self._opened_s
            backoff = backoff.failed(lasted_s, is_refused=isinstance(lost, SourceRefused))
            yield from self._away(lost, backoff.wait_s(self._rng))

    def _connection(self) -> Generator[ViewedFrame, None, SourceLost | None]:
        """What one connection shows; returns why it was lost, or None at the end of all."""
        self._opened_s = None
        try:
            yield from self._read()
        except SourceLost as error:
            if self._stop.is_set() or (self._annotator.has_shown and self._address.kind is CameraKind.FILE):
                return None
            if not self._annotator.has_shown:
                raise
            return error
        return None

    def _read(self) -> Iterator[ViewedFrame]:
        with LiveReader(self._address, self._sampling, self._ledger, self._stop, LIMITS) as reader:
            connected_at = reader.open().connected_at
            self._opened_s, self._lost_at = time.monotonic(), None
            self._annotator.begin(self._opened_s - (datetime.now(UTC) - connected_at).total_seconds())
            for chunk in reader.read(VIEW):
                if not isinstance(chunk, RunEnded):
                    yield from self._annotator.annotate(chunk)

    def _away(self, lost: SourceLost, wait_s: float) -> Iterator[ViewedFrame]:
        """The last picture, again and again, until it is time for the next attempt."""
        logger.info("%s; trying again in %.1f s", lost, wait_s)
        self._lost_at = self._lost_at or datetime.now().astimezone()
        words = f"away since {self._lost_at:%H:%M:%S}, trying again"
        give_up_at = time.monotonic() + wait_s
        while (left_s := give_up_at - time.monotonic()) > 0:
            yield self._annotator.away(words, str(lost))
            if self._stop.wait(min(AWAY_S, left_s)):
                return
