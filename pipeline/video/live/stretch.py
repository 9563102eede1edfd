"""A stretch of a connection that is a run of its own: a connection may last for months, a run may not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.schemas import Frame, FrameChunk, RunEnded, RunKey, Sample

QUIET_AFTER_S = 3600.0
"""From this age on, in seconds, a run ends as soon as nobody is in view."""
MOST_S = 6 * 3600.0
"""At this age, in seconds, it ends whoever is in view; who is there then is seen a second time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run that begins at a chunk of its connection."""

    run: RunKey
    connected_at: datetime
    fps: float
    first_chunk: int = 0
    first_cell: int = 0

    @property
    def began_at(self) -> datetime:
        """When its first cell began."""
        return self.connected_at + timedelta(seconds=self.offset_s)

    @property
    def offset_s(self) -> float:
        """When its first cell began, in seconds of the connection."""
        return self.first_cell / self.fps

    def age_s(self, chunk: FrameChunk) -> float:
        """How old the run is at the connection's `chunk`, in seconds."""
        return (chunk.samples[0].index - self.first_cell) / self.fps

    def beginning_at(self, chunk: FrameChunk) -> Stretch:
        """The stretch from the connection's `chunk` on, whose run is yet to be known."""
        return replace(self, first_chunk=chunk.number, first_cell=chunk.samples[0].index)

    def moved(self, chunk: FrameChunk) -> FrameChunk:
        """The connection's `chunk` as one of this run."""
        return replace(
            chunk,
            run=self.run,
            number=chunk.number - self.first_chunk,
            samples=tuple(self._sample(sample) for sample in chunk.samples),
            frames=tuple(Frame(frame.sample_index - self.first_cell, frame.i420) for frame in chunk.frames),
        )

    def ended(self, n_chunks: int, problem: str | None = None) -> RunEnded:
        """The run's end after so many chunks of the connection."""
        return RunEnded(self.run, n_chunks - self.first_chunk, problem)

    def _sample(self, sample: Sample) -> Sample:
        return replace(sample, index=sample.index - self.first_cell, media_s=max(0.0, sample.media_s - self.offset_s))


def is_due(age_s: float, *, is_nobody_in_view: bool) -> bool:
    """Whether a run of this age is to be ended and begun anew."""
    return age_s >= MOST_S or (age_s >= QUIET_AFTER_S and is_nobody_in_view)
