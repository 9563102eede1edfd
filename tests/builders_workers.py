"""Builders and fakes for the tests of the workers: small chunks, and stages that need no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import ChunkRejected
from pipeline.options import AnalysisOptions
from pipeline.schemas import FaceChunk, Frame, FrameChunk, ImageU8, RunKey, Sample, SampleState
from tests.builders import RUN, make_face, make_vector
from workers.messages import Item, Work, stage_options

OPTIONS = stage_options(AnalysisOptions())


def make_frame_chunk(
    number: int = 0,
    *,
    n_frames: int = 2,
    size_wh: tuple[int, int] = (64, 48),
    run: RunKey = RUN,
    states: Sequence[SampleState] | None = None,
) -> FrameChunk:
    """A chunk of `n_frames` decoded samples, or of samples in `states`, with frames of smooth grey."""
    states = states or [SampleState.DECODED] * n_frames
    width, height = size_wh
    first = number * 16
    samples = tuple(Sample(first + place, (first + place) / 5, state) for place, state in enumerate(states))
    frames = tuple(
        Frame(sample.index, _grey(width, height, 16 + sample.index % 200))
        for sample in samples
        if sample.state is SampleState.DECODED
    )
    return FrameChunk(run, number, samples, frames, size_wh)


def _grey(width: int, height: int, light: int) -> ImageU8:
    luma = np.full((height, width), light, np.uint8)
    return np.vstack([luma, np.full((height // 2, width), 128, np.uint8)])


@dataclass(frozen=True, slots=True)
class FakeDetector:
    """Sees one face in every frame; chunks in `rejected` fail by their own fault."""

    rejected: frozenset[int] = frozenset()

    def handle(self, works: Sequence[Work]) -> list[Item]:
        return [self._find(work.item) for work in works]

    def _find(self, item: Item) -> Item:
        if not isinstance(item, FrameChunk):
            return item
        if item.number in self.rejected:
            raise ChunkRejected("the fake detector refuses it")
        crop = np.full((8, 8, 3), 7, np.uint8)
        faces = tuple(
            replace(make_face(sample_index=frame.sample_index, thumb_jpeg=b"thumb"), crop_rgb=crop)
            for frame in item.frames
        )
        return FaceChunk(item.run, item.number, item.samples, item.frame_size_wh, faces)


@dataclass(frozen=True, slots=True)
class FakeEncoder:
    """Gives every face with a crop the looks of person 0."""

    def handle(self, works: Sequence[Work]) -> list[Item]:
        return [self._embed(work.item) for work in works]

    def _embed(self, item: Item) -> Item:
        if not isinstance(item, FaceChunk):
            return item
        faces = tuple(replace(face, crop_rgb=None, embedding=make_vector(0)) for face in item.faces)
        return replace(item, faces=faces)
