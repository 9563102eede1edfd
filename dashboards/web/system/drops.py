"""Why pictures of cameras were left out, as their processes counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.video.live.account import Fate

WORDS = {
    Fate.SILENT: "no picture came although one was due",
    Fate.DAMAGED: "the picture came damaged",
    Fate.BEHIND: "decoding was too slow",
    Fate.SLOWED: "the camera was slowed down on purpose",
    Fate.NO_CREDIT: "the stages behind were too slow",
}


@dataclass(frozen=True, slots=True)
class Drop:
    """Pictures of one camera that were left out for one reason."""

    camera: str
    reason: str
    """In words."""
    count: int
    """Since `facetrail up` began."""


def read_drops(data_dir: Path) -> Sequence[Drop]:
    """What the running stack counted, the most first; nothing unless it counts (`metrics_port`)."""
    from workers.stack.running import metrics_dir

    folder = metrics_dir(data_dir)
    if not folder.is_dir():
        return []
    from workers.metrics.catalogue import CAMERA_DROPS
    from workers.metrics.files import counted

    drops = [
        Drop(dict(labels)["camera"], _words(dict(labels)["reason"]), int(count))
        for (name, labels), count in counted(folder).items()
        if name == CAMERA_DROPS.name
    ]
    return sorted(drops, key=lambda drop: (-drop.count, drop.camera, drop.reason))


def _words(reason: str) -> str:
    try:
        return WORDS.get(Fate(reason), reason)
    except ValueError:  # of another version
        return reason
