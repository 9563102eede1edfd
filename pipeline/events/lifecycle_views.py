"""What is one sighting among the tracks of a moment, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.lifecycle_tracks import Naming, SeenTrack
from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import RunKey
from pipeline.sightings.building.building import SCORE_DIGITS, Visit, join_visits, sighting_id_for
from pipeline.sightings.building.verdicts import TrackVerdict, adopt_neighbours, keep_one_at_a_time
from pipeline.sightings.rows import PIPELINE_VERSION, Clock, EmbeddingRow, SourceKind, Status, TrackRow
from pipeline.sightings.wall_clock import wall_time


@dataclass(frozen=True, slots=True)
class LiveRun:
    """Whose sightings they are."""

    run: RunKey
    start_ts: datetime
    """When the run's media began, by the camera's clock, UTC."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a run."""

    number: int
    """Of the chunk that brought it, or of the run's end: no two steps of a run have the same."""
    media_s: float
    """Of the newest sample."""
    emitted_at: datetime
    """Now, by our own clock, UTC."""
    arrived_at: datetime | None = None
    """When the newest picture reached us, by our own clock, UTC; None when nobody noted it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is told as one sighting: a visit, or what has come to it since its sighting ended."""

    visit_id: str
    """The id that the record gives to the visit."""
    verdicts: tuple[TrackVerdict, ...]
    """Of those tracks that are told of, in order of time."""
    is_open: bool
    """Whether a face is still being followed."""

    @property
    def sighting_id(self) -> str:
        return sighting_id_for(self.verdicts[0].track.track_id)

    @property
    def track_ids(self) -> tuple[str, ...]:
        return tuple(verdict.track.track_id for verdict in self.verdicts)

    @property
    def lead(self) -> TrackVerdict:
        """The track that says who it is."""
        return max(self.verdicts, key=lambda verdict: verdict.score)

    @property
    def end_s(self) -> float:
        """When a face of it was last seen, in media seconds."""
        return max(verdict.track.media_end_s for verdict in self.verdicts)

    def is_absent(self, now_s: float, timeout_s: float) -> bool:
        """Whether nobody was seen for longer than the absence timeout."""
        return not self.is_open and now_s - self.end_s > timeout_s

    def is_worth_telling(self, min_faces: int) -> bool:
        """Whether enough was seen of a face to say who it is, or that nobody knows it."""
        return any(v.status is Status.KNOWN or v.track.n_useful >= min_faces for v in self.verdicts)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The person that a track resembles best."""

    person_id: str | None = None
    name: str | None = None


_NOBODY = _Candidate()


def parts_of(tracks: Sequence[SeenTrack], run: LiveRun, naming: Naming) -> list[Part]:
    """The sightings of these tracks, which are ordered by start and id, as the record would have them now."""
    embeddings = {track.track_id: _embedding(track, run) for track in tracks if track.template}
    alone = keep_one_at_a_time([_verdict(track, run) for track in tracks])
    verdicts = adopt_neighbours(alone, embeddings, naming.policy, naming.absence_timeout_s)
    visits = join_visits(verdicts, {}, naming.absence_timeout_s)
    past = {track.track_id for track in tracks if track.is_past}
    opened = {track.track_id for track in tracks if track.is_open}
    return [part for visit in visits for part in _part(visit, past, opened)]


def view_of(part: Part, now: Moment, run: LiveRun, naming: Naming) -> SightingEvent:
    """What is known of a sighting, without a picture, as if it were to be told as an update."""
    lead, rows, gallery = part.lead, [verdict.track for verdict in part.verdicts], naming.matcher.gallery
    known = _candidate(lead, gallery) if lead.status is Status.KNOWN else _NOBODY
    maybe = _candidate(lead, gallery) if lead.status is Status.UNCERTAIN else _NOBODY
    return SightingEvent(
        event_id=event_id_for(part.sighting_id, now),
        kind=EventKind.UPDATE,
        sighting_id=part.sighting_id,
        part_of=None if part.visit_id == part.sighting_id else part.visit_id,
        source_id=run.run.source_id,
        status=lead.status,
        person_id=known.person_id,
        person_name=known.name,
        candidate_id=maybe.person_id,
        candidate_name=maybe.name,
        score=None if lead.match is None else round(lead.score, SCORE_DIGITS),
        margin=_rounded(lead),
        threshold=naming.policy.threshold,
        encoder=gallery.encoder,
        gallery_version=gallery.version,
        run_id=run.run.run_id,
        track_ids=part.track_ids,
        n_faces=sum(row.n_faces for row in rows),
        started_at=wall_time(run.start_ts, rows[0].media_start_s),
        last_seen_at=wall_time(run.start_ts, part.end_s),
        captured_at=wall_time(run.start_ts, now.media_s),
        arrived_at=now.arrived_at,
        emitted_at=now.emitted_at,
        media_s=now.media_s,
        box_xywh=max(rows, key=lambda row: row.best_quality).box_xywh,
    )


def event_id_for(sighting_id: str, now: Moment) -> str:
    """The id of what a step tells of a sighting, which is one event at most."""
    return f"e_{sighting_id.removeprefix('s_')}_{now.number}"


def _candidate(lead: TrackVerdict, gallery: Gallery) -> _Candidate:
    if lead.match is None:
        return _NOBODY
    person_id = lead.match.person_id
    return _Candidate(person_id, gallery.person_names[gallery.person_ids.index(person_id)])


def _part(visit: Visit, past: Collection[str], opened: Collection[str]) -> list[Part]:
    """What of a visit is still told of; nothing of one that is over."""
    rest = tuple(verdict for verdict in visit.verdicts if verdict.track.track_id not in past)
    if not rest:
        return []
    is_open = any(verdict.track.track_id in opened for verdict in rest)
    return [Part(sighting_id_for(visit.verdicts[0].track.track_id), rest, is_open)]


def _verdict(track: SeenTrack, run: LiveRun) -> TrackVerdict:
    return TrackVerdict(_row(track, run), track.status, track.match)


def _row(track: SeenTrack, run: LiveRun) -> TrackRow:
    """The row that the record would have; of the counts, those that decide nothing are left at 0."""
    return TrackRow(
        track_id=track.track_id,
        source_id=run.run.source_id,
        source_kind=SourceKind.LIVE,
        run_id=run.run.run_id,
        start_ts=wall_time(run.start_ts, track.start_s),
        end_ts=wall_time(run.start_ts, track.end_s),
        clock=Clock.LIVE,
        media_start_s=track.start_s,
        media_end_s=track.end_s,
        n_faces=track.n_faces,
        n_frames=0,
        n_frames_dropped=0,
        n_good=0,
        n_useful=track.n_useful,
        best_quality=track.best_quality,
        thumb_ref=None,
        box_xywh=track.box_xywh,
        pipeline_version=PIPELINE_VERSION,
    )


def _embedding(track: SeenTrack, run: LiveRun) -> EmbeddingRow:
    return EmbeddingRow(
        track_id=track.track_id, run_id=run.run.run_id, template=track.vector, best_embeddings=track.vector[None]
    )


def _rounded(lead: TrackVerdict) -> float | None:
    margin = lead.match.margin if lead.match else None
    return None if margin is None else round(margin, SCORE_DIGITS)
