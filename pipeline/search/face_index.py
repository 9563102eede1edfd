"""The face index: a template of every recorded track, compared with one face in a moment.

The search is exact: one matrix product over all rows. A million templates of 128 numbers take some 10 ms in memory, so
that an approximate index has nothing to win. Half precision would halve the file and take twenty times as long, since
every row would have to be widened first (docs/performance.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import NotFound, StoreDamaged
from pipeline.schemas import VectorF32
from pipeline.search.index_files import IndexedFile, IndexNote, map_rows, read_note
from pipeline.sightings.record.templates import ID_TYPE, Templates
from pipeline.sightings.record.track_sightings import TrackPlace

BLOCK_ROWS = 65536
"""Rows compared at once, 32 MB of 128 numbers: what a block needs besides its rows stays small."""
MOST_SCORE = 1.01
"""No two vectors of unit length are more alike, but for rounding."""
NOWHERE = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class Hit:
    """One track, and how alike it is."""

    place: TrackPlace
    score: float
    """Cosine similarity of its template, -1..1."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All tracks by likeness to one face."""

    index: FaceIndex
    scores: VectorF32
    """`(N,)` float32, one a row; minus infinity for rows that do not count."""

    @property
    def n_tracks(self) -> int:
        """Tracks that were compared."""
        return int(np.count_nonzero(self.scores > NOWHERE))

    def best(self, count: int) -> list[Hit]:
        """The `count` most alike, best first; of equals the one recorded first."""
        count = min(count, self.n_tracks)
        if count == 0:
            return []
        least = np.partition(self.scores, -count)[-count]
        rows = np.flatnonzero(self.scores >= least)
        rows = rows[np.argsort(-self.scores[rows], kind="stable")][:count]
        return [Hit(self.index.place(int(row)), float(self.scores[row])) for row in rows]


class FaceIndex:
    """The index as one note tells of it; for all threads."""

    def __init__(self, note: IndexNote, rows: Templates) -> None:
        self.note = note
        self._rows = rows
        self._files = sorted((file for file in note.files if file.n_rows), key=lambda file: file.first_row)
        self._starts = [file.first_row for file in self._files]

    @property
    def n_tracks(self) -> int:
        """Tracks in it."""
        return self.note.n_tracks

    def rank(self, face: VectorF32, wanted: Callable[[IndexedFile], bool] | None = None) -> Ranking:
        """Compare `face`, `(D,)` float32 of unit length, with every track of the files that are `wanted`.

        Raises `StoreDamaged` when what the index holds are no templates.
        """
        scores = np.full(self.note.n_rows, NOWHERE, np.float32)
        for rows in _joined([file for file in self._files if wanted is None or wanted(file)]):
            for start in range(rows.start, rows.stop, BLOCK_ROWS):
                block = slice(start, min(rows.stop, start + BLOCK_ROWS))
                np.matmul(self._rows.templates[block], face, out=scores[block])
        _check_scores(scores)
        return Ranking(self, scores)

    def templates(self, source_id: str, track_ids: Collection[str]) -> VectorF32:
        """`(M, D)` float32: the templates of these tracks of one source; those that have none are left out."""
        wanted = np.array(sorted(track_ids), ID_TYPE)
        rows = [
            file.first_row + np.flatnonzero(np.isin(self._rows.track_ids[file.rows], wanted))
            for file in self._files
            if file.source_id == source_id
        ]
        return np.asarray(self._rows.templates[np.concatenate([np.empty(0, np.intp), *rows])], np.float32)

    def find(self, track_id: str) -> TrackPlace:
        """Where a track is recorded; raises `NotFound`."""
        rows = np.flatnonzero(self._rows.track_ids == track_id.encode())
        if not len(rows):
            raise NotFound(f"no track {track_id!r} was encoded")
        return self.place(int(rows[-1]))

    def place(self, row: int) -> TrackPlace:
        """Whose row it is."""
        file = self._files[bisect_right(self._starts, row) - 1]
        return TrackPlace(self._rows.track_ids[row].decode(), file.source_id, date.fromisoformat(file.day))


def open_index(folder: Path) -> FaceIndex | None:
    """The index of a folder as it is now; None when there is none, or none that is whole."""
    while True:
        note = read_note(folder)
        if note is None:
            return None
        try:
            return FaceIndex(note, map_rows(folder, note))
        except FileNotFoundError:  # another builder has just replaced the arrays: its note is there already
            continue


def _check_scores(scores: NDArray[np.float32]) -> None:
    if len(scores) and not float(np.max(scores)) <= MOST_SCORE:  # also when it is no number
        raise StoreDamaged("the index of faces is damaged")


def _joined(files: Sequence[IndexedFile]) -> list[slice]:
    """The files' rows, neighbours joined: one product takes less than a thousand small ones."""
    joined: list[slice] = []
    for file in files:
        if joined and joined[-1].stop == file.first_row:
            joined[-1] = slice(joined[-1].start, file.rows.stop)
        else:
            joined.append(file.rows)
    return joined
