"""Build sightings: a pure function of tracks, their embeddings, a matcher with its gallery, the decision policy, and
what else is known of the tracks: the ids of unknown people, and what people corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.identity.decision import DecisionPolicy
from pipeline.identity.matchers.matching import Gallery, Matcher
from pipeline.sightings.building.corrections import NO_CORRECTIONS, TrackCorrections, correct_verdicts
from pipeline.sightings.building.intervals import union_length
from pipeline.sightings.building.verdicts import TrackVerdict, adopt_neighbours, judge_tracks, keep_one_at_a_time
from pipeline.sightings.rows import EmbeddingRow, SightingRow, Status, TrackRow

SCORE_DIGITS = 6
"""Decimals of a score in the record: beyond them stands the rounding of the matrix product, which batches change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackNotes:
    """What is known of tracks beyond their looks."""

    unknown_ids: Mapping[str, str] = field(default_factory=dict)
    """Track id -> the unknown person whom it was found to be."""
    corrections: TrackCorrections = NO_CORRECTIONS


NO_NOTES = TrackNotes()


@dataclass(frozen=True, slots=True)
class Visit:
    """Tracks that become one sighting, in order of time."""

    identity: str | None
    """A person's id or an unknown's; None when nobody can be named."""
    verdicts: tuple[TrackVerdict, ...]


def sighting_id_for(first_track_id: str) -> str:
    """The id of the sighting that begins with this track."""
    return "s_" + first_track_id.removeprefix("t_")


def judge_run(
    tracks: Sequence[TrackRow],
    embeddings: Mapping[str, EmbeddingRow],
    matcher: Matcher,
    policy: DecisionPolicy,
    absence_timeout_s: float,
    corrections: TrackCorrections = NO_CORRECTIONS,
) -> list[TrackVerdict]:
    """Who each track is, as its sighting will say; ordered by source, run, start and track id.

    Tracks that show no face, as people said, are left out.
    """
    faces = [track for track in tracks if track.track_id not in corrections.not_faces]
    judged = judge_tracks(faces, embeddings, matcher, policy)
    alone = keep_one_at_a_time(correct_verdicts(judged, embeddings, matcher.gallery, policy, corrections))
    return adopt_neighbours(alone, embeddings, policy, absence_timeout_s)


def build_sightings(
    tracks: Sequence[TrackRow],
    embeddings: Mapping[str, EmbeddingRow],
    matcher: Matcher,
    policy: DecisionPolicy,
    notes: TrackNotes,
    absence_timeout_s: float,
) -> list[SightingRow]:
    """The sightings of these tracks, sorted by start, source and id.

    Tracks of one person in one run of one source are one sighting as long as no gap between them exceeds the absence
    timeout. Tracks that are uncertain, or unknown without an id, are sightings of their own without a person.

    `candidate_id`, `second_person_id` and `margin` are those of the track with the highest template score. `best_score`
    is the best, `mean_score` the mean cosine between the mean of that candidate's references and the templates and
    stored embeddings of those tracks of the sighting that resemble the candidate best. A name is decided on templates
    alone, so that an uncertain sighting may have a `best_score` above its threshold.
    """
    gallery = matcher.gallery
    verdicts = judge_run(tracks, embeddings, matcher, policy, absence_timeout_s, notes.corrections)
    names = dict(zip(gallery.person_ids, gallery.person_names, strict=True))
    visits = join_visits(verdicts, notes.unknown_ids, absence_timeout_s)
    sightings = [_sighting(visit, names, gallery, policy) for visit in visits]
    return sorted(sightings, key=lambda row: (row.start_ts, row.source_id, row.sighting_id))


def join_visits(
    verdicts: Sequence[TrackVerdict], unknown_ids: Mapping[str, str], absence_timeout_s: float
) -> list[Visit]:
    """Group what `judge_run` decided, in its order, into visits, which become sightings."""
    groups: list[list[TrackVerdict]] = []
    latest: dict[tuple[str, str, str], list[TrackVerdict]] = {}
    for verdict in verdicts:
        identity = _identity(verdict, unknown_ids)
        key = (verdict.track.source_id, verdict.track.run_id, identity or verdict.track.track_id)
        group = latest.get(key)
        if group and verdict.track.media_start_s - _end_s(group) <= absence_timeout_s:
            group.append(verdict)
            continue
        latest[key] = [verdict]
        groups.append(latest[key])
    return [Visit(_identity(group[0], unknown_ids), tuple(group)) for group in groups]


def _identity(verdict: TrackVerdict, unknown_ids: Mapping[str, str]) -> str | None:
    if verdict.status is Status.KNOWN and verdict.match:
        return verdict.match.person_id
    return unknown_ids.get(verdict.track.track_id) if verdict.status is Status.UNKNOWN else None


def _end_s(group: Sequence[TrackVerdict]) -> float:
    return max(verdict.track.media_end_s for verdict in group)


def _sighting(visit: Visit, names: Mapping[str, str], gallery: Gallery, policy: DecisionPolicy) -> SightingRow:
    tracks = [verdict.track for verdict in visit.verdicts]
    first, pictured = tracks[0], max(tracks, key=lambda track: track.best_quality)
    lead = max(visit.verdicts, key=lambda verdict: verdict.score)
    scores = [score for verdict in visit.verdicts if verdict.person == lead.person for score in verdict.scores]
    return SightingRow(
        sighting_id=sighting_id_for(first.track_id),
        person_id=visit.identity,
        person_name=names.get(visit.identity, visit.identity) if visit.identity else None,
        status=lead.status,
        candidate_id=lead.match.person_id if lead.match else None,
        source_id=first.source_id,
        source_kind=first.source_kind,
        run_id=first.run_id,
        start_ts=min(track.start_ts for track in tracks),
        end_ts=max(track.end_ts for track in tracks),
        clock=first.clock,
        media_start_s=first.media_start_s,
        media_end_s=_end_s(visit.verdicts),
        presence_s=round(union_length(verdict.interval for verdict in visit.verdicts), SCORE_DIGITS),
        track_ids=tuple(track.track_id for track in tracks),
        n_faces=sum(track.n_faces for track in tracks),
        n_frames_dropped=sum(track.n_frames_dropped for track in tracks),
        best_score=round(max(scores), SCORE_DIGITS) if scores else None,
        mean_score=round(sum(scores) / len(scores), SCORE_DIGITS) if scores else None,
        second_person_id=lead.match.second_person_id if lead.match else None,
        margin=_rounded(lead.match.margin if lead.match else None),
        threshold=policy.threshold,
        encoder=gallery.encoder,
        gallery_version=gallery.version,
        thumb_ref=pictured.thumb_ref,
        box_xywh=pictured.box_xywh,
        pipeline_version=first.pipeline_version,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, SCORE_DIGITS)
