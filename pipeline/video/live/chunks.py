"""Live cells in chunks: few to each, so that nobody waits for a chunk to be full."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.schemas import Frame, FrameChunk, LeftOut, RunKey
from pipeline.video.live.sampling import LiveCell

CHUNK_S = 0.2
"""Most time that one live chunk covers, in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveChunk:
    """Consecutive cells of a connection that is no run yet."""

    number: int
    """Cell // cells of a chunk."""
    cells: tuple[LiveCell, ...]

    @property
    def n_pictures(self) -> int:
        return sum(cell.i420 is not None for cell in self.cells)

    @property
    def n_bytes(self) -> int:
        return sum(cell.i420.nbytes for cell in self.cells if cell.i420 is not None)

    @property
    def arrived_s(self) -> float | None:
        """When its newest picture came, by the reader's clock; None when none came."""
        return max((cell.arrived_s for cell in self.cells if cell.arrived_s is not None), default=None)

    def without_pictures(self) -> LiveChunk:
        """The chunk with its pictures given up: what was DECODED is DROPPED."""
        return replace(self, cells=tuple(_given_up(cell) for cell in self.cells))

    def of_run(self, run: RunKey, arrived_at: datetime | None = None) -> FrameChunk:
        """The chunk as a part of `run`; `arrived_at` is `arrived_s` by the clock on the wall."""
        return FrameChunk(
            run=run,
            number=self.number,
            samples=tuple(cell.sample for cell in self.cells),
            frames=tuple(Frame(cell.sample.index, cell.i420) for cell in self.cells if cell.i420 is not None),
            frame_size_wh=_size_of(self.cells),
            arrived_at=arrived_at,
        )


class ChunkBuilder:
    """Gathers the cells of a connection, which come without a gap, into chunks."""

    def __init__(self, chunk_samples: int) -> None:
        self._chunk_samples = chunk_samples
        self._open: list[LiveCell] = []

    def add(self, cell: LiveCell) -> LiveChunk | None:
        """The chunk that `cell` completes; None when it completes none."""
        self._open.append(cell)
        is_last = (cell.sample.index + 1) % self._chunk_samples == 0
        return self.flush() if is_last else None

    def flush(self) -> LiveChunk | None:
        """What is gathered so far, at the end of a connection; None when that is nothing."""
        if not self._open:
            return None
        cells, self._open = tuple(self._open), []
        return LiveChunk(cells[0].sample.index // self._chunk_samples, cells)


def chunk_samples_at(fps: float) -> int:
    """Cells of a live chunk."""
    return max(1, int(CHUNK_S * fps + 1e-9))


def _given_up(cell: LiveCell) -> LiveCell:
    if cell.i420 is None:
        return cell
    return replace(cell, sample=cell.sample.left_out(LeftOut.NO_CREDIT), i420=None)


def _size_of(cells: tuple[LiveCell, ...]) -> tuple[int, int]:
    """That of its pictures, if there are any: cells before the first may still have the chunk before's."""
    return next((cell.size_wh for cell in cells if cell.i420 is not None), cells[-1].size_wh)
