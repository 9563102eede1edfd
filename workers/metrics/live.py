"""A camera's own account, told to metrics as it grows."""

from __future__ import annotations

from pipeline.schemas import SampleState
from pipeline.video.live.account import STATE_OF_FATE, LiveCounts
from workers.metrics import catalogue as of
from workers.metrics.counting import Metrics

LEFT_OUT = frozenset({SampleState.DROPPED, SampleState.FAILED})


class CameraMeter:
    """Counts what one connection of a camera added since the last look; begin anew with each connection."""

    def __init__(self, metrics: Metrics, camera: str) -> None:
        self._metrics = metrics
        self._camera = camera
        self._before: LiveCounts | None = None

    def update(self, counts: LiveCounts) -> None:
        """Tell of `counts`, the account of the connection so far; now and then, and once at its end."""
        earlier, self._before = self._before, counts
        n_frames = counts.n_frames - (earlier.n_frames if earlier else 0)
        self._metrics.add(of.CAMERA_FRAMES, n_frames, camera=self._camera)
        for fate, count in counts.cells.items():
            more = count - (earlier.cells.get(fate, 0) if earlier else 0)
            if STATE_OF_FATE[fate] in LEFT_OUT and more:
                self._metrics.add(of.CAMERA_DROPS, more, camera=self._camera, reason=fate.value)
