"""Rates of live cameras under the names that Frigate's users know, from what was counted."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from workers.metrics import catalogue as of
from workers.metrics.files import Level, counted
from workers.metrics.rates import Rates

LEFT_OUT = frozenset({"dropped", "failed"})


class CameraRates:
    """`facetrail_camera_fps` and its kin; nothing until it was asked twice, some seconds apart.

    A camera that hangs comes down to nought, since nobody counts for it any more.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._now = now
        self._rates = {figure.name: Rates() for figure in (of.CAMERA_FPS, of.PROCESS_FPS, of.SKIPPED_FPS)}

    def read(self) -> list[Level]:
        """The rates of all cameras of which these files know."""
        now_s, counts = self._now(), _by_figure(self._folder)
        return [
            Level(figure, rate, {"camera": camera})
            for figure in (of.CAMERA_FPS, of.PROCESS_FPS, of.SKIPPED_FPS)
            for camera, rate in sorted(self._rates[figure.name].update(now_s, counts[figure.name]).items())
        ]


def _by_figure(folder: Path) -> dict[str, dict[str, float]]:
    """Name of a rate -> camera -> the count that it is the rate of."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (name, pairs), value in counted(folder).items():
        labels = dict(pairs)
        camera = labels.get("camera", "")
        if name == of.CAMERA_FRAMES.name:
            counts[of.CAMERA_FPS.name][camera] += value
        elif name == of.SAMPLES.name and camera and labels["state"] == "decoded":
            counts[of.PROCESS_FPS.name][camera] += value
        elif name == of.SAMPLES.name and camera and labels["state"] in LEFT_OUT:
            counts[of.SKIPPED_FPS.name][camera] += value
    return counts
