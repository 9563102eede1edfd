"""A camera's account in metrics: what it grew by, and nothing twice."""

from __future__ import annotations

from pipeline.video.live.account import Fate, LiveCounts
from tests.builders_metrics import HeardMetrics
from workers.metrics.live import CameraMeter


def make_counts(n_frames: int, **cells: int) -> LiveCounts:
    return LiveCounts({Fate(name): count for name, count in cells.items()}, n_frames, 0, 0.0, 1)


def test_camera_without_a_picture_counts_nothing() -> None:
    heard = HeardMetrics()

    CameraMeter(heard, "door").update(make_counts(0))

    assert +heard.counts == {}


def test_only_what_is_new_is_counted_by_its_reason() -> None:
    heard = HeardMetrics()
    meter = CameraMeter(heard, "door")

    meter.update(make_counts(100, decoded=20, behind=1))
    meter.update(make_counts(150, decoded=28, behind=1, no_credit=2, still=4))

    assert +heard.counts == {
        "facetrail_camera_frames_total door": 150,
        "facetrail_camera_drops_total door behind": 1,
        "facetrail_camera_drops_total door no_credit": 2,
    }
