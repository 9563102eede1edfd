"""Finding a face in the record of one data folder: the index kept true, the search, and what its scores say.

finder = FaceFinder(control, encoder, settings.identity)
finder.find(face, FaceQuery(limit=50)) -> Findings           a face as the encoder made it
finder.face_of(sighting_id) -> (face, sighting)              what somebody looked like then, to be searched by
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pipeline.control.database import Control
from pipeline.control.work.sources import Sources
from pipeline.errors import StoreDamaged
from pipeline.identity.policies import policy_in_effect
from pipeline.options import IdentityOptions
from pipeline.schemas import VectorF32
from pipeline.search.face_index import FaceIndex, Ranking
from pipeline.search.indexing import Progress, rebuilt, unheard, up_to_date
from pipeline.search.searching import (
    Current,
    FaceQuery,
    Likeness,
    face_of_sighting,
    find_alike,
    find_sighting,
    likeness_of,
)
from pipeline.sightings.rows import SightingRow, SourceKind


@dataclass(frozen=True, slots=True)
class Found:
    """One sighting that was found, with what its score says."""

    sighting: SightingRow
    score: float
    """Cosine similarity, -1..1."""
    likeness: Likeness
    track_id: str
    """The track of the sighting that is most alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a search found, and by what it is judged."""

    found: tuple[Found, ...]
    """Best first."""
    n_tracks: int
    """Tracks that the face was compared with."""
    encoder: str
    threshold: float
    """From here on a track would be named: the same face."""
    uncertain_threshold: float
    """Below it: probably somebody else."""
    threshold_source: str

    @property
    def n_same(self) -> int:
        """Sightings of the same face."""
        return sum(one.likeness is Likeness.SAME for one in self.found)


class FaceFinder:
    """Searches one data folder by one encoder; for all threads, and keeps the index open between searches."""

    def __init__(self, control: Control, encoder: str, options: IdentityOptions) -> None:
        """Nothing is read yet."""
        self._control = control
        self._encoder = encoder
        self._options = options
        self._known: FaceIndex | None = None
        self._lock = threading.Lock()

    def refresh(self, progress: Progress = unheard) -> FaceIndex:
        """The index with all that is recorded now; the first one of a long record takes a while to build.

        Raises `StoreFull` or `StoreDamaged`.
        """
        with self._lock:
            self._known = up_to_date(self._control.data_dir, self._encoder, known=self._known, progress=progress)
            return self._known

    def find(self, face: VectorF32, query: FaceQuery) -> Findings:
        """Every sighting of `face`, `(D,)` float32 of unit length, known or not. Raises `StoreFull`, `StoreDamaged`."""
        search = find_alike(self._control.data_dir, self._rank(face, query), query, current_rows(self._control))
        policy = policy_in_effect(self._control, self._encoder, self._options).policy
        limits = (policy.threshold, policy.uncertain_threshold)
        return Findings(
            found=tuple(Found(a.sighting, a.score, likeness_of(a.score, *limits), a.track_id) for a in search.alike),
            n_tracks=search.n_tracks,
            encoder=self._encoder,
            threshold=policy.threshold,
            uncertain_threshold=policy.uncertain_threshold,
            threshold_source=policy.source,
        )

    def face_of(self, sighting_id: str) -> tuple[VectorF32, SightingRow]:
        """What somebody looked like in a sighting, and the sighting; raises `NotFound`."""
        index = self.refresh()
        sighting = find_sighting(self._control.data_dir, index, sighting_id)
        return face_of_sighting(index, sighting), sighting

    def _rank(self, face: VectorF32, query: FaceQuery) -> Ranking:
        index = self.refresh()
        try:
            return index.rank(face, query.wants_file)
        except StoreDamaged:
            with self._lock:
                self._known = rebuilt(self._control.data_dir, self._encoder)
                return self._known.rank(face, query.wants_file)


def current_rows(control: Control) -> Current:
    """Which sightings count: all that a camera ever saw, and of footage those of the run that is complete."""
    current = {
        source.source_id: source.current_run_id
        for source in Sources(control).list()
        if source.kind is SourceKind.FILE and source.current_run_id is not None
    }
    return lambda row: current.get(row.source_id, row.run_id) == row.run_id
