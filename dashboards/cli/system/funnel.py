"""Why was somebody not recognised? From frames to names, and how many are left at each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.sightings.rows import SightingRow, Status

if TYPE_CHECKING:
    from pipeline.control.work.run_records import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The steps of one run."""

    label: str
    source_id: str
    run_id: str
    state: str
    n_samples: int
    n_decoded: int
    """Samples searched for faces."""
    n_gated: int
    """Samples in which nothing moved."""
    n_failed: int
    n_dropped: int
    n_faces: int
    n_good: int
    """Faces good enough to know somebody by."""
    n_useful: int
    """Good faces that were encoded: the best few of each in a chunk."""
    n_tracks: int
    n_known: int
    """Tracks of somebody known; likewise below."""
    n_uncertain: int
    n_unknown: int


def funnel_of(run: RunRecord, sightings: Iterable[SightingRow]) -> Funnel:
    """The funnel of a run, with the sightings of that run."""
    tracks: Counter[Status] = Counter()
    for row in sightings:
        tracks[row.status] += len(row.track_ids)
    return Funnel(
        label=run.label,
        source_id=run.run.source_id,
        run_id=run.run.run_id,
        state=run.state,
        n_samples=run.counters.n_samples,
        n_decoded=run.counters.n_decoded,
        n_gated=run.counters.n_gated,
        n_failed=run.counters.n_failed,
        n_dropped=run.counters.n_dropped,
        n_faces=run.counters.n_faces,
        n_good=run.counters.n_good,
        n_useful=run.counters.n_useful,
        n_tracks=run.counters.n_tracks,
        n_known=tracks[Status.KNOWN],
        n_uncertain=tracks[Status.UNCERTAIN],
        n_unknown=tracks[Status.UNKNOWN],
    )


def hint(funnel: Funnel) -> str:
    """Where most is lost, in words, with what helps; empty when nothing stands out."""
    if funnel.n_samples == 0:
        return "nothing has been looked at yet"
    if funnel.n_failed > 0.05 * funnel.n_samples:
        return "much of the footage could not be decoded"
    if funnel.n_faces == 0:
        return "no face was found: are faces smaller than --min-face?"
    if funnel.n_good < 0.5 * funnel.n_faces:
        return "most faces are too small, blurred or turned away to know anybody by"
    if funnel.n_uncertain > max(1, 0.3 * funnel.n_tracks):
        return "many tracks are close to somebody: more pictures of each person help"
    return ""
