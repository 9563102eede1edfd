"""A camera on trial: what it sends for a few seconds, and how evenly."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np

from pipeline.errors import SourceLost
from pipeline.schemas import Frame
from pipeline.video.live.clock import LiveMoment
from pipeline.video.live.connecting.address import CameraAddress
from pipeline.video.live.connecting.stream import LivePicture, LiveStream, Now, open_camera
from pipeline.video.live.connecting.trial_facts import TrialFacts
from pipeline.video.pictures import convert_to_i420, shape_pictures

SETTLE_S = 0.5
"""What a camera sends first comes in a burst, and is left out of rates and delays, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraTrial:
    """What a camera sent."""

    facts: TrialFacts
    frame: Frame
    """Its last picture."""


def try_camera(address: CameraAddress, seconds: float, largest_side: int, now: Now = time.monotonic) -> CameraTrial:
    """Read the camera for so many seconds after its first picture; raises `SourceLost` when there is none."""
    began_s = now()
    with open_camera(address, now) as stream:
        log = _watch(stream, seconds)
        shape = shape_pictures(log.last.picture, log.last.pixel_aspect, largest_side)
        settled = [moment for moment in log.moments if moment.arrived_s >= log.moments[0].arrived_s + SETTLE_S]
        late_s = [moment.lag_s for moment in settled] or [0.0]
        facts = TrialFacts(
            width=log.last.picture.width,
            height=log.last.picture.height,
            codec=stream.facts.codec,
            declared_fps=stream.facts.declared_fps,
            measured_fps=_rate(settled),
            n_pictures=len(log.moments),
            n_damaged=log.n_damaged,
            first_picture_s=log.moments[0].arrived_s - began_s,
            late_median_s=float(np.median(late_s)),
            late_p95_s=float(np.quantile(late_s, 0.95)),
            late_max_s=max(late_s),
            problem=log.problem,
        )
        return CameraTrial(facts, Frame(0, convert_to_i420(log.last.picture, shape)))


@dataclass(slots=True)
class _Log:
    """What was seen so far."""

    last: LivePicture
    moments: list[LiveMoment]
    n_damaged: int = 0
    problem: str | None = None


def _watch(stream: LiveStream, seconds: float) -> _Log:
    pictures = stream.read(threading.Event(), lambda: None)
    first = next(pictures)
    log = _Log(first, [first.moment])
    try:
        for live in pictures:
            log.last, log.n_damaged = live, log.n_damaged + live.n_lost_before
            log.moments.append(live.moment)
            if live.moment.arrived_s - first.moment.arrived_s >= seconds:
                break
    except SourceLost as error:
        log.problem = str(error)
    return log


def _rate(settled: list[LiveMoment]) -> float | None:
    if len(settled) < 2:
        return None
    return (len(settled) - 1) / max(1e-6, settled[-1].arrived_s - settled[0].arrived_s)
