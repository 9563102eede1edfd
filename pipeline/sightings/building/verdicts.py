"""Decide who each track is: first alone by its template, then beside the other tracks of its run."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.identity.decision import DecisionPolicy, decide
from pipeline.identity.matchers.matching import Gallery, Matcher
from pipeline.schemas import Match, VectorF32
from pipeline.sightings.building.intervals import Interval, is_free, take
from pipeline.sightings.rows import EmbeddingRow, Status, TrackRow

Person = tuple[str, str, str]
"""A person in one run of one source: source_id, run_id, person_id."""

NEAR_SHIFT = 1.0
"""Distance of two tracks' boxes, in box widths and heights, up to which they may be one face in a fixed picture."""

NEAR_RESIZE = 2.0
"""Ratio of two tracks' box widths up to which they may be one face."""


@dataclass(frozen=True, slots=True)
class TrackVerdict:
    """Who a track is, and why."""

    track: TrackRow
    status: Status
    match: Match | None = None
    """The template's best person; None without a template or without a gallery."""
    scores: tuple[float, ...] = ()
    """Cosine of the template, then of each stored embedding, with the mean of the matched person's references."""
    is_corrected: bool = False
    """Whether a person has said who it is."""

    @property
    def score(self) -> float:
        """What the decision was made on: the template's score; -1 without a match."""
        return self.match.score if self.match else -1.0

    @property
    def person(self) -> Person:
        return self.track.source_id, self.track.run_id, self.match.person_id if self.match else ""

    @property
    def interval(self) -> Interval:
        return Interval(self.track.media_start_s, self.track.media_end_s)


def judge_tracks(
    tracks: Sequence[TrackRow], embeddings: Mapping[str, EmbeddingRow], matcher: Matcher, policy: DecisionPolicy
) -> list[TrackVerdict]:
    """One verdict per track, each by itself, ordered by source, run, start and track id."""
    ordered = sorted(tracks, key=_by_time)
    compared = [track.track_id for track in ordered if track.track_id in embeddings]
    if not compared:
        return [TrackVerdict(track, Status.UNKNOWN) for track in ordered]
    matches = matcher.match(np.stack([embeddings[track_id].template for track_id in compared]))
    match_of = dict(zip(compared, matches, strict=True))
    means = _means_of({match.person_id for match in matches if match}, matcher.gallery)
    return [_judge(track, match_of.get(track.track_id), embeddings, means, policy) for track in ordered]


def keep_one_at_a_time(verdicts: Sequence[TrackVerdict]) -> list[TrackVerdict]:
    """Of known tracks of one person that overlap in time the best keeps the name; the others become uncertain.

    Tracks that overlap were seen in the same shot, and nobody is in a picture twice. Equal scores: the earlier wins.
    What a person has said comes first, and is never denied.
    """
    taken: dict[Person, list[Interval]] = defaultdict(list)
    denied: set[str] = set()
    known = [verdict for verdict in verdicts if verdict.status is Status.KNOWN]
    for verdict in sorted(known, key=lambda verdict: (not verdict.is_corrected, -verdict.score)):
        if is_free(taken[verdict.person], verdict.interval):
            take(taken[verdict.person], verdict.interval)
        elif not verdict.is_corrected:
            denied.add(verdict.track.track_id)
    return [
        replace(verdict, status=Status.UNCERTAIN) if verdict.track.track_id in denied else verdict
        for verdict in verdicts
    ]


def adopt_neighbours(
    verdicts: Sequence[TrackVerdict],
    embeddings: Mapping[str, EmbeddingRow],
    policy: DecisionPolicy,
    absence_timeout_s: float,
) -> list[TrackVerdict]:
    """Uncertain tracks become known where the same face was known a moment before or after.

    That is: the track's best person is known by another track that ends or begins within the absence timeout, at the
    same place and size in the picture, with the same face by the two templates, and no track of that person overlaps
    it. A track turning away or coming near is named by this; a look-alike behind a cut to another view is not.
    """
    known: dict[Person, list[TrackVerdict]] = defaultdict(list)
    taken: dict[Person, list[Interval]] = defaultdict(list)
    for verdict in (verdict for verdict in verdicts if verdict.status is Status.KNOWN):
        known[verdict.person].append(verdict)
        if is_free(taken[verdict.person], verdict.interval):
            take(taken[verdict.person], verdict.interval)
    adopted: list[TrackVerdict] = []
    for verdict in verdicts:
        others = _neighbours(verdict, known.get(verdict.person, []), absence_timeout_s)
        fits = any(_is_same_face(verdict, other, embeddings, policy) for other in others)
        if verdict.status is Status.UNCERTAIN and fits and is_free(taken[verdict.person], verdict.interval):
            take(taken[verdict.person], verdict.interval)
            adopted.append(replace(verdict, status=Status.KNOWN))
        else:
            adopted.append(verdict)
    return adopted


def _means_of(person_ids: set[str], gallery: Gallery) -> dict[str, VectorF32]:
    """The mean references of these people; a large gallery has many more."""
    owners = gallery.mean_owners
    places = (place for place, owner in enumerate(owners) if gallery.person_ids[owner] in person_ids)
    return {gallery.person_ids[owners[place]]: gallery.means[place] for place in places}


def _judge(
    track: TrackRow,
    match: Match | None,
    embeddings: Mapping[str, EmbeddingRow],
    means: Mapping[str, VectorF32],
    policy: DecisionPolicy,
) -> TrackVerdict:
    status = decide(match, track.n_useful, policy)
    if match is None:
        return TrackVerdict(track, status)
    row = embeddings[track.track_id]
    mean = means[match.person_id]
    return TrackVerdict(
        track, status, match, tuple(float(vector @ mean) for vector in (row.template, *row.best_embeddings))
    )


def _neighbours(verdict: TrackVerdict, known: Sequence[TrackVerdict], absence_timeout_s: float) -> list[TrackVerdict]:
    """`known` is sorted by start and without overlaps, so that only the tracks on either side can be neighbours."""
    place = bisect(known, verdict.interval, key=lambda other: other.interval)
    sides = known[max(place - 1, 0) : place + 1]
    return [other for other in sides if _gap_s(verdict, other) <= absence_timeout_s]


def _is_same_face(
    verdict: TrackVerdict, other: TrackVerdict, embeddings: Mapping[str, EmbeddingRow], policy: DecisionPolicy
) -> bool:
    one, two = embeddings.get(verdict.track.track_id), embeddings.get(other.track.track_id)
    if one is None or two is None or not _is_near(verdict.track, other.track):
        return False
    return float(one.template @ two.template) >= policy.same_face_cosine


def _gap_s(one: TrackVerdict, other: TrackVerdict) -> float:
    return max(one.interval.start_s, other.interval.start_s) - min(one.interval.end_s, other.interval.end_s)


def _is_near(one: TrackRow, other: TrackRow) -> bool:
    (left, top, width, height), (left_2, top_2, width_2, height_2) = one.box_xywh, other.box_xywh
    shift_x = abs(left + width / 2 - left_2 - width_2 / 2)
    shift_y = abs(top + height / 2 - top_2 - height_2 / 2)
    resized = max(width, width_2) > NEAR_RESIZE * min(width, width_2)
    return shift_x <= NEAR_SHIFT * max(width, width_2) and shift_y <= NEAR_SHIFT * max(height, height_2) and not resized


def _by_time(track: TrackRow) -> tuple[str, str, float, str]:
    return track.source_id, track.run_id, track.media_start_s, track.track_id
