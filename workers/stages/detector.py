"""The detector stage: frames in, faces with aligned crops out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.schemas import FaceChunk, FrameChunk, RunKey
from pipeline.sightings.ids import is_camera
from workers.messages import Item, Work
from workers.stages.loop import Stage
from workers.wire.headers import StageOptions
from workers.wire.transport import DETECTORS, FACES, FACES_LIVE, FRAMES, FRAMES_LIVE

NAME = "detector"


class Finder(Protocol):
    """Finds the faces of a chunk; equal chunks give equal faces."""

    def find(self, chunk: FrameChunk) -> FaceChunk: ...


FinderFor = Callable[[StageOptions], Finder]
"""Makes the finder for a run's options; asked for every chunk, so it had better remember."""


def detector_stage(finder_for: FinderFor) -> Stage:
    """The stage between `FRAMES` and `FACES`, and between those of live cameras."""

    def find_all(works: Sequence[Work]) -> list[Item]:
        return [_find(finder_for(work.options), work.item) for work in works]

    return Stage(NAME, (FRAMES_LIVE, FRAMES), DETECTORS, find_all, _faces_stream, live_inputs=(FRAMES_LIVE,))


def _faces_stream(run: RunKey) -> str:
    return FACES_LIVE if is_camera(run.source_id) else FACES


def _find(finder: Finder, item: Item) -> Item:
    return finder.find(item) if isinstance(item, FrameChunk) else item
