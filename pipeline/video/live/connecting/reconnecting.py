"""A camera followed from connection to connection, for ever: each is a run of its own, with a pause between."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator

from pipeline.errors import SourceLost, SourceRefused
from pipeline.schemas import FrameChunk, RunEnded, RunKey
from pipeline.video.live.connecting.backoff import Backoff
from pipeline.video.live.connecting.stream import Now
from pipeline.video.live.reading import LiveInfo, LiveReader

logger = logging.getLogger(__name__)

Wait = Callable[[float], bool]
"""Wait so many seconds; True when it is time to leave. `threading.Event.wait` is one."""


def follow_camera(
    connect: Callable[[], LiveReader],
    begin: Callable[[LiveReader, LiveInfo], RunKey],
    wait: Wait,
    rng: random.Random,
    now: Now = time.monotonic,
    lost: Callable[[SourceLost], None] = lambda _error: None,
) -> Iterator[FrameChunk | RunEnded]:
    """The chunks and ends of one run after the other, until `wait` says to leave.

    `begin` is called at each connection's first picture, in the thread that iterates, and says which run it is; `lost`
    whenever there is no connection, or none any more. What goes wrong is logged and tried again; only a fault of ours,
    or of `begin`, is raised.
    """
    backoff = Backoff()
    while True:
        began_s = opened_s = now()
        try:
            with connect() as reader:
                run = begin(reader, reader.open())
                opened_s = now()
                yield from reader.read(run)
                return
        except SourceLost as error:
            lasted_s = now() - opened_s if opened_s > began_s else 0.0
            backoff = backoff.failed(lasted_s, is_refused=isinstance(error, SourceRefused))
            wait_s = backoff.wait_s(rng)
            lost(error)
            logger.warning("%s; trying again in %.1f s (failure %s)", error, wait_s, backoff.failures)
        if wait(wait_s):
            return
