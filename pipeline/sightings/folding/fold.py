"""The ordered fold over a run's chunks: a small state and a chunk go in; a state, closed tracks and coverage come out.

The fold is pure and deterministic. Its state can be saved between any two chunks (`encode_state`) and loaded again
(`decode_state`) without any change in what follows; that is what makes a killed run end like an undisturbed one.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from pipeline.errors import StoreDamaged
from pipeline.options import TrackingOptions
from pipeline.schemas import ChunkFailed, FaceChunk, LeftOut, RunEnded, RunKey
from pipeline.sightings.folding.coverage import CoverageCount, count_samples
from pipeline.sightings.folding.tracking import Observation, OpenTrack, close_track, follow_faces
from pipeline.sightings.rows import ClosedTrack

__all__ = [
    "CoverageCount",
    "FoldState",
    "FoldStep",
    "decode_state",
    "encode_state",
    "end_fold",
    "fold_chunk",
    "start_fold",
]

STATE_VERSION = 1
"""Raised whenever the layout of the state changes; a snapshot of another layout is refused."""


class FoldState(msgspec.Struct, frozen=True, array_like=True):
    """Everything the fold remembers between two chunks."""

    version: int
    source_id: str
    run_id: str
    next_chunk: int = 0
    latest_minute: CoverageCount | None = None
    tracks: tuple[OpenTrack, ...] = ()


@dataclass(frozen=True, slots=True)
class FoldStep:
    """What one chunk brought."""

    state: FoldState
    closed: tuple[ClosedTrack, ...] = ()
    coverage: tuple[CoverageCount, ...] = ()
    """The minutes that the chunk touched, with their counts since the start of the run."""


def start_fold(run: RunKey) -> FoldState:
    """The state before a run's first chunk."""
    return FoldState(STATE_VERSION, run.source_id, run.run_id)


def encode_state(state: FoldState) -> bytes:
    """The state as bytes; equal states give equal bytes."""
    return msgspec.msgpack.encode(state)


def decode_state(snapshot: bytes) -> FoldState:
    """The state of `encode_state`; raises `StoreDamaged` for anything else."""
    try:
        state = msgspec.msgpack.decode(snapshot, type=FoldState)
    except msgspec.DecodeError as error:
        raise StoreDamaged(f"a run's snapshot of {len(snapshot)} bytes cannot be read: {error}") from error
    if state.version != STATE_VERSION:
        raise StoreDamaged(f"a run's snapshot has layout {state.version}, this version reads {STATE_VERSION}")
    return state


def fold_chunk(state: FoldState, item: FaceChunk | ChunkFailed, options: TrackingOptions) -> FoldStep:
    """Go on by one chunk; raises `ValueError` unless it is the run's next one."""
    _check_next(state, item.run, item.number)
    tracks = state.tracks
    closed: list[ClosedTrack] = []
    observations = _observe_failed(item) if isinstance(item, ChunkFailed) else _observe_faces(item)
    for seen in observations:
        step = follow_faces(tracks, seen, options)
        tracks = step.tracks
        closed.extend(step.closed)
    coverage = count_samples(state.latest_minute, [seen.sample for seen in observations])
    latest = coverage[-1] if coverage else state.latest_minute
    advanced = msgspec.structs.replace(state, next_chunk=item.number + 1, latest_minute=latest, tracks=tracks)
    return FoldStep(advanced, tuple(closed), coverage)


def end_fold(state: FoldState, ended: RunEnded) -> FoldStep:
    """Close every open track after the last chunk; raises `ValueError` when chunks are missing."""
    _check_next(state, ended.run, ended.n_chunks)
    closed = tuple(close_track(track) for track in state.tracks)
    return FoldStep(msgspec.structs.replace(state, tracks=()), closed)


def _check_next(state: FoldState, run: RunKey, number: int) -> None:
    if (run.source_id, run.run_id, number) != (state.source_id, state.run_id, state.next_chunk):
        raise ValueError(
            f"expected chunk {state.next_chunk} of {state.source_id}/{state.run_id}, "
            f"got {number} of {run.source_id}/{run.run_id}"
        )


def _observe_faces(chunk: FaceChunk) -> list[Observation]:
    return [
        Observation(
            run_id=chunk.run.run_id,
            sample=sample,
            faces=tuple(face for face in chunk.faces if face.sample_index == sample.index),
            frame_size_wh=chunk.frame_size_wh,
        )
        for sample in chunk.samples
    ]


def _observe_failed(chunk: ChunkFailed) -> list[Observation]:
    """Only what would have been looked at has failed: a gated sample stays gated, and a dropped one dropped."""
    return [Observation(chunk.run.run_id, sample.left_out(LeftOut.BURIED)) for sample in chunk.samples]
