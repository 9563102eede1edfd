"""Builders and fakes for the tests of the workers: small chunks, and stages that need no model."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.errors import ChunkRejected
from pipeline.options import AnalysisOptions
from pipeline.schemas import FaceChunk, Frame, FrameChunk, ImageU8, RunKey, Sample, SampleState
from tests.builders import RUN, make_face, make_vector
from workers.messages import Item, Work, stage_options

OPTIONS = stage_options(AnalysisOptions())
PATIENCE_S = 10.0
"""Longest wait for another thread, in seconds."""


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
        return FaceChunk(item.run, item.number, item.samples, item.frame_size_wh, faces, item.arrived_at)


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


@dataclass(slots=True)
class FakeRuns:
    """One run's state, without a database."""

    record: RunRecord
    changed: threading.Condition = field(default_factory=threading.Condition)

    def get(self, _run_id: str) -> RunRecord:
        return self.record

    def mark_ingesting(self, _run_id: str, token: str, now: datetime) -> RunRecord:
        return self.change(state=RunState.INGESTING, job_token=token, heartbeat_at=now)

    def heartbeat(self, _run_id: str, token: str, _now: datetime) -> bool:
        return self.record.job_token == token

    def mark_draining(self, _run_id: str, token: str, n_chunks: int, _now: datetime) -> bool:
        self.change(state=RunState.DRAINING, n_chunks=n_chunks)
        return self.record.job_token == token

    def fail(self, _run_id: str, problem: str) -> RunRecord:
        return self.change(state=RunState.FAILED, problem=problem)

    def requeue(self, _run_id: str) -> RunRecord:
        return self.change(state=RunState.QUEUED)

    def change(self, **values: object) -> RunRecord:
        with self.changed:
            self.record = replace(self.record, **values)
            self.changed.notify_all()
        return self.record

    def wait_for(self, state: RunState) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.record.state is state, PATIENCE_S)
