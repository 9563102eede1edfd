"""The tracks that may still belong to a living sighting: how they look now, who each seems to be, and when they go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from pipeline.identity.decision import DecisionPolicy, decide
from pipeline.identity.matchers.matching import Matcher
from pipeline.schemas import Match, VectorF32
from pipeline.sightings.folding.tracking import OpenTrack, close_track
from pipeline.sightings.rows import ClosedTrack, Status

NAME_HOLD_S = 2.0
"""A name once given to an open track is not taken away sooner than this, in media seconds: at the threshold one picture
more or less decides, and nobody can read what changes five times a second."""

NOT_JUDGED = -1
"""In place of a gallery's version: the track has to be compared (again)."""


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """By what the tracks are named at this moment."""

    matcher: Matcher
    policy: DecisionPolicy
    absence_timeout_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One track as the fold has it now."""

    track_id: str
    start_s: float
    end_s: float
    is_open: bool
    n_faces: int
    n_useful: int
    best_quality: float
    box_xywh: tuple[float, float, float, float]
    template: VectorF32 | None
    """`(D,)` float32 of unit length; None without a useful face."""
    thumb_jpeg: bytes | None


class SeenTrack(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of one track from step to step."""

    track_id: str
    start_s: float
    end_s: float
    is_open: bool
    n_faces: int
    n_useful: int
    best_quality: float
    box_xywh: tuple[float, float, float, float]
    template: bytes
    """`(D,)` float32 of unit length; empty without a useful face."""
    status: Status = Status.UNKNOWN
    match: Match | None = None
    judged_by: int = NOT_JUDGED
    """The gallery's version that `status` and `match` come from."""
    named_s: float = 0.0
    """Media time at which it became KNOWN as the person it is."""
    is_past: bool = False
    """Its sighting has ended; it only explains the others."""

    @property
    def vector(self) -> VectorF32:
        return np.frombuffer(self.template, np.float32)


def look_at_open(track: OpenTrack) -> Look:
    """How an open track looks: as it would if it were over now."""
    return replace(look_at_closed(close_track(track)), is_open=True)


def look_at_closed(track: ClosedTrack) -> Look:
    """How a closed track looks, for good."""
    return Look(
        track_id=track.track_id,
        start_s=track.media_start_s,
        end_s=track.media_end_s,
        is_open=False,
        n_faces=track.n_faces,
        n_useful=track.n_useful,
        best_quality=track.best_quality,
        box_xywh=track.box_xywh,
        template=track.template,
        thumb_jpeg=track.thumbs_jpeg[0] if track.thumbs_jpeg else None,
    )


def see_tracks(tracks: Iterable[SeenTrack], looks: Iterable[Look]) -> tuple[SeenTrack, ...]:
    """The tracks as they look now, with those that are new; ordered by start and id."""
    known: dict[str, SeenTrack] = {track.track_id: track for track in tracks}
    for look in looks:
        known[look.track_id] = _seen(look, known.get(look.track_id))
    return tuple(sorted(known.values(), key=lambda track: (track.start_s, track.track_id)))


def judge_tracks_seen(tracks: Sequence[SeenTrack], now_s: float, naming: Naming) -> tuple[SeenTrack, ...]:
    """The tracks with who each is by itself; only those with new evidence, or by a new gallery, are compared."""
    version = naming.matcher.gallery.version
    due = [track for track in tracks if track.template and track.judged_by != version]
    if not due:
        return tuple(tracks)
    matches = naming.matcher.match(np.stack([track.vector for track in due]))
    match_of: Mapping[str, Match | None] = {track.track_id: match for track, match in zip(due, matches, strict=True)}
    return tuple(
        _judged(track, match_of[track.track_id], now_s, naming) if track.track_id in match_of else track
        for track in tracks
    )


def forget_past(tracks: Sequence[SeenTrack], now_s: float, timeout_s: float) -> tuple[SeenTrack, ...]:
    """The tracks without those past ones that ended too long before any other to be of one visit with it."""
    earliest = min((track.start_s for track in tracks if not track.is_past), default=now_s)
    return tuple(track for track in tracks if not track.is_past or track.end_s + timeout_s >= earliest)


def _seen(look: Look, before: SeenTrack | None) -> SeenTrack:
    has_news = before is None or before.n_useful != look.n_useful or before.is_open != look.is_open
    fresh = SeenTrack(
        track_id=look.track_id,
        start_s=look.start_s,
        end_s=look.end_s,
        is_open=look.is_open,
        n_faces=look.n_faces,
        n_useful=look.n_useful,
        best_quality=look.best_quality,
        box_xywh=look.box_xywh,
        template=b"" if look.template is None else look.template.tobytes(),
    )
    if before is None:
        return fresh
    return msgspec.structs.replace(
        fresh,
        status=before.status,
        match=before.match,
        judged_by=NOT_JUDGED if has_news else before.judged_by,
        named_s=before.named_s,
        is_past=before.is_past,
    )


def _judged(track: SeenTrack, match: Match | None, now_s: float, naming: Naming) -> SeenTrack:
    status, version = decide(match, track.n_useful, naming.policy), naming.matcher.gallery.version
    if track.status is not Status.KNOWN:
        return msgspec.structs.replace(track, status=status, match=match, judged_by=version, named_s=now_s)
    if status is Status.KNOWN and _person(match) == _person(track.match):
        return msgspec.structs.replace(track, match=match, judged_by=version)
    if track.is_open and now_s - track.named_s < NAME_HOLD_S:
        return track  # it stays to be judged, and keeps its name until then
    return msgspec.structs.replace(track, status=status, match=match, judged_by=version, named_s=now_s)


def _person(match: Match | None) -> str | None:
    return match.person_id if match else None
