"""A sighting's life while its run goes on: tracks as they look now go in; beginnings, changes and ends come out.

Pure: a state and a moment go in, a state and events come out. What is one sighting is decided by the very functions
that make the record, on the tracks that may still matter; told is the difference to what was told before. So a sighting
has the record's id, and its end the record's end, with two exceptions that say so themselves (`part_of`):

- A sighting turns out to belong to another one that is alive, as when a face is recognised a while after it came in
  view. It ends, as a part of the other.
- A sighting turns out to belong to one that has ended already. Nothing comes back to life: it lives on by itself, as a
  part of the other.

A face that is never seen well enough to compare (fewer useful faces than a name needs) is in the record, and not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from pipeline.errors import StoreDamaged
from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.lifecycle_tracks import Look, Naming, SeenTrack, forget_past, judge_tracks_seen, see_tracks
from pipeline.events.lifecycle_views import LiveRun, Moment, Part, event_id_for, parts_of, view_of

__all__ = ["LifeState", "LifeStep", "decode_life", "encode_life", "end_lives", "lives_given_up", "step_lives"]

LIFE_VERSION = 1
"""Raised whenever the layout of the state changes; a state of another layout is refused."""
UPDATE_S = 1.0
"""Least time between two updates of one sighting, in media seconds; a change meanwhile is told then, not lost."""
SCORE_STEP = 0.05
"""A better score than the last one told is worth an update from this difference on."""
QUALITY_STEP = 0.1
"""A better picture than the last one sent is worth sending from this difference of quality on."""


class Life(msgspec.Struct, frozen=True, array_like=True):
    """One sighting that has begun and not ended."""

    view: SightingEvent
    """What is known of it as of the last step, told or not; without a picture."""
    told: SightingEvent
    """The last event that was told of it; without its picture."""
    sent_quality: float
    """Of the last picture sent; -1 before one was."""
    has_updates: bool = False


class LifeState(msgspec.Struct, frozen=True, array_like=True):
    """Everything that is remembered of a run's sightings between two steps; fresh, it is that before the first."""

    version: int = LIFE_VERSION
    next_number: int = 0
    now_s: float = 0.0
    tracks: tuple[SeenTrack, ...] = ()
    lives: tuple[Life, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeStep:
    """What one moment brought."""

    state: LifeState
    events: tuple[SightingEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """What one moment brought for one sighting."""

    life: Life | None = None
    """None when it has not begun, or has ended."""
    event: SightingEvent | None = None
    past: tuple[str, ...] = ()
    """Ids of its tracks, when it is over."""


def encode_life(state: LifeState) -> bytes:
    """The state as bytes."""
    return msgspec.msgpack.encode(state)


def decode_life(data: bytes) -> LifeState:
    """The state of `encode_life`; raises `StoreDamaged` for anything else."""
    try:
        state = msgspec.msgpack.decode(data, type=LifeState)
    except msgspec.DecodeError as error:
        raise StoreDamaged(f"a run's events of {len(data)} bytes cannot be read: {error}") from error
    if state.version != LIFE_VERSION:
        raise StoreDamaged(f"a run's events have layout {state.version}, this version reads {LIFE_VERSION}")
    return state


def step_lives(state: LifeState, looks: Sequence[Look], now: Moment, run: LiveRun, naming: Naming) -> LifeStep:
    """Go on to `now`, with every track that is open or was closed since the last step."""
    tracks = judge_tracks_seen(see_tracks(state.tracks, looks), now.media_s, naming)
    parts = parts_of(tracks, run, naming)
    alive = {life.view.sighting_id: life for life in state.lives}
    thumbs = {look.track_id: look for look in looks if look.thumb_jpeg}
    told = [_tell(part, alive.get(part.sighting_id), view_of(part, now, run, naming), thumbs, naming) for part in parts]
    events = [one.event for one in told if one.event] + _joined(state.lives, parts, now)
    past = {track_id for one in told for track_id in one.past}
    return LifeStep(
        LifeState(
            next_number=now.number + 1,
            now_s=now.media_s,
            tracks=forget_past(_as_past(tracks, past), now.media_s, naming.absence_timeout_s),
            lives=tuple(one.life for one in told if one.life),
        ),
        tuple(events),
    )


def end_lives(state: LifeState, now: Moment) -> LifeStep:
    """Every sighting ends where its face was last seen, since the run is over."""
    ends = tuple(_ended(life.view, now) for life in state.lives)
    return LifeStep(LifeState(next_number=now.number + 1, now_s=now.media_s), ends)


def lives_given_up(state: LifeState, emitted_at: datetime) -> tuple[SightingEvent, ...]:
    """The ends of the sightings of a run that will not go on, and has no end of its own."""
    return end_lives(state, Moment(state.next_number, state.now_s, emitted_at)).events


def _tell(part: Part, life: Life | None, view: SightingEvent, thumbs: Mapping[str, Look], naming: Naming) -> _Told:
    if part.is_absent(view.media_s, naming.absence_timeout_s):
        return _Told(event=_last(view) if life else None, past=part.track_ids)
    picture = max((thumbs[i] for i in part.track_ids if i in thumbs), key=lambda look: look.best_quality, default=None)
    if life is not None:
        return _go_on(life, view, picture)
    if not part.is_worth_telling(naming.policy.min_faces):
        return _Told()
    event = msgspec.structs.replace(view, kind=EventKind.NEW)
    return _Told(Life(view, event, _quality(picture)), _with_picture(event, picture))


def _go_on(life: Life, view: SightingEvent, picture: Look | None) -> _Told:
    """An update when there is something to tell, and it is time; else the sighting stays as it was told."""
    better = picture if _quality(picture) >= life.sent_quality + QUALITY_STEP else None
    is_renamed = _identity(view) != _identity(life.told)
    has_news = is_renamed or better is not None or _score(view) >= _score(life.told) + SCORE_STEP
    # A name is told at once after the beginning, which may have come before anybody could be recognised.
    waits = view.media_s - life.told.media_s < UPDATE_S and (life.has_updates or not is_renamed)
    if waits or not has_news:
        return _Told(msgspec.structs.replace(life, view=view))
    quality = life.sent_quality if better is None else better.best_quality
    return _Told(Life(view, view, quality, has_updates=True), _with_picture(view, better))


def _joined(lives: Sequence[Life], parts: Sequence[Part], now: Moment) -> list[SightingEvent]:
    """The ends of those sightings whose first track has turned out to be part of another."""
    own = {part.sighting_id for part in parts}
    holders = {track_id: part.visit_id for part in parts for track_id in part.track_ids}
    return [
        msgspec.structs.replace(_ended(life.view, now), part_of=holders[life.view.track_ids[0]])
        for life in lives
        if life.view.sighting_id not in own
    ]


def _ended(view: SightingEvent, now: Moment) -> SightingEvent:
    """The end of a sighting that was last looked at some steps ago."""
    return msgspec.structs.replace(_last(view), event_id=event_id_for(view.sighting_id, now), emitted_at=now.emitted_at)


def _last(view: SightingEvent) -> SightingEvent:
    return msgspec.structs.replace(view, kind=EventKind.END, ended_at=view.last_seen_at)


def _with_picture(event: SightingEvent, picture: Look | None) -> SightingEvent:
    return event if picture is None else msgspec.structs.replace(event, thumb_jpeg=picture.thumb_jpeg)


def _as_past(tracks: Sequence[SeenTrack], past: set[str]) -> list[SeenTrack]:
    return [msgspec.structs.replace(track, is_past=True) if track.track_id in past else track for track in tracks]


def _identity(view: SightingEvent) -> tuple[str, str | None, str | None]:
    return view.status, view.person_id, view.part_of


def _score(view: SightingEvent) -> float:
    return -1.0 if view.score is None else view.score


def _quality(picture: Look | None) -> float:
    return -1.0 if picture is None else picture.best_quality
