"""Live chunks are short, numbered by the grid, and whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.schemas import Sample, SampleState
from pipeline.video.live.chunks import ChunkBuilder, LiveChunk, chunk_samples_at
from pipeline.video.live.sampling import LiveCell


def make_cell(index: int) -> LiveCell:
    return LiveCell(Sample(index, index / 20, SampleState.GATED), None, (64, 48))


@pytest.mark.parametrize(("fps", "samples"), [(0.5, 1), (5, 1), (9.9, 1), (10, 2), (15, 3), (20, 4), (25, 5), (30, 6)])
def test_chunk_covers_at_most_200_ms(fps: float, samples: int) -> None:
    assert chunk_samples_at(fps) == samples


def test_nothing_gathered_is_no_chunk() -> None:
    assert ChunkBuilder(4).flush() is None


def test_chunk_is_given_with_its_last_cell_and_the_rest_at_the_end() -> None:
    builder = ChunkBuilder(4)

    given = [builder.add(make_cell(index)) for index in range(10)]
    chunks = [chunk for chunk in [*given, builder.flush()] if isinstance(chunk, LiveChunk)]

    assert [place for place, chunk in enumerate(given) if chunk] == [3, 7]
    assert [(chunk.number, len(chunk.cells)) for chunk in chunks] == [(0, 4), (1, 4), (2, 2)]


@pytest.mark.parametrize(("moments", "newest"), [((), None), ((None, None), None), ((None, 7.5, 8.5, None), 8.5)])
def test_chunk_came_with_its_newest_picture(moments: tuple[float | None, ...], newest: float | None) -> None:
    cells = tuple(replace(make_cell(index), arrived_s=moment) for index, moment in enumerate(moments))

    assert LiveChunk(0, cells).arrived_s == newest
