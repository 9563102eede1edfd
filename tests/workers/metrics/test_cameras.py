"""Rates of cameras, from what their processes and the aggregator counted."""

from __future__ import annotations

from pathlib import Path

from workers.metrics.cameras import CameraRates
from workers.metrics.catalogue import CAMERA_FRAMES, SAMPLES
from workers.metrics.files import FileMetrics


def test_no_camera_no_rate(folder: Path) -> None:
    rates = CameraRates(folder, now=iter([0.0, 15.0]).__next__)

    assert [*rates.read(), *rates.read()] == []


def test_rates_are_what_was_counted_over_the_time(folder: Path, metrics: FileMetrics) -> None:
    rates = CameraRates(folder, now=iter([0.0, 20.0]).__next__)
    metrics.add(CAMERA_FRAMES, 0, camera="door")
    rates.read()
    metrics.add(CAMERA_FRAMES, 500, camera="door")
    for state, count in (("decoded", 80), ("gated", 10), ("dropped", 8), ("failed", 2)):
        metrics.add(SAMPLES, count, camera="door", state=state)
    metrics.add(SAMPLES, 99, camera="", state="decoded")

    levels = {level.figure.name: (level.value, level.labels) for level in rates.read()}

    door = {"camera": "door"}
    assert levels == {
        "facetrail_camera_fps": (25.0, door),
        "facetrail_process_fps": (4.0, door),
        "facetrail_skipped_fps": (0.5, door),
    }
