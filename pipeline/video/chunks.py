"""Recorded footage as chunks of samples: a stream in constant memory that can begin at any chunk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pipeline.options import SamplingOptions
from pipeline.schemas import CHUNK_SAMPLES, Frame, FrameChunk, RunEnded, RunKey
from pipeline.video.files.container import open_footage
from pipeline.video.samples import SampledPicture, SampleReader


def read_chunks(
    path: Path, run: RunKey, options: SamplingOptions, start_chunk: int = 0
) -> Iterator[FrameChunk | RunEnded]:
    """The chunks of the video at `path` from number `start_chunk` on, then `RunEnded`.

    Chunks are the same whichever chunk a run starts with. Raises `SourceUnreadable` when nothing can be decoded; damage
    further on becomes FAILED samples and the problem of `RunEnded`.
    """
    with open_footage(path) as footage:
        reader = SampleReader(footage, options, start_chunk * CHUNK_SAMPLES)
        n_chunks = start_chunk
        for number, pictures in groupby(reader.read(), key=_chunk_number):
            yield _make_chunk(run, number, list(pictures), reader.shape.upright_wh)
            n_chunks = number + 1
        yield RunEnded(run, n_chunks, reader.problem)


def _chunk_number(picture: SampledPicture) -> int:
    return picture.sample.index // CHUNK_SAMPLES


def _make_chunk(run: RunKey, number: int, pictures: list[SampledPicture], size_wh: tuple[int, int]) -> FrameChunk:
    return FrameChunk(
        run=run,
        number=number,
        samples=tuple(picture.sample for picture in pictures),
        frames=tuple(Frame(picture.sample.index, picture.i420) for picture in pictures if picture.i420 is not None),
        frame_size_wh=size_wh,
    )
