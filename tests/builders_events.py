"""Builders of a live run's tracks as its sightings' life sees them, step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.lifecycle import LifeState, decode_life, encode_life, end_lives, step_lives
from pipeline.events.lifecycle_tracks import Look, Naming
from pipeline.events.lifecycle_views import LiveRun, Moment
from pipeline.identity.matchers.matching import Gallery, MeanMatcher
from pipeline.schemas import VectorF32
from pipeline.sightings.rows import Status
from tests.builders import BOX, RUN, START, make_gallery, make_policy, make_vector

TIMEOUT_S = 10.0
EMITTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIVE_RUN = LiveRun(RUN, START)


def make_event(**values: object) -> SightingEvent:
    """The beginning of a stranger's sighting, unless the values say else."""
    known = {
        "event_id": "e_1_0",
        "kind": EventKind.NEW,
        "sighting_id": "s_1",
        "source_id": "door",
        "status": Status.UNKNOWN,
        "encoder": "sface",
        "gallery_version": 3,
        "run_id": "r_1",
        "track_ids": ("t_1",),
        "n_faces": 2,
        "started_at": START,
        "last_seen_at": START,
        "captured_at": START,
        "emitted_at": EMITTED,
        "media_s": 1.5,
        "box_xywh": BOX,
    }
    return msgspec.convert({**known, **values}, SightingEvent)


def make_naming(gallery: Gallery | None = None) -> Naming:
    """Ada and Grace are enrolled, and an absence of ten seconds ends a sighting."""
    return Naming(MeanMatcher(gallery or make_gallery("Ada", "Grace")), make_policy(), TIMEOUT_S)


def make_look(
    track: int = 1,
    *,
    start_s: float = 0.0,
    end_s: float = 0.4,
    is_open: bool = True,
    n_useful: int = 3,
    best_quality: float = 0.8,
    template: VectorF32 | None = None,
    thumb_jpeg: bytes | None = None,
) -> Look:
    """A track of Ada, unless a template is given."""
    return Look(
        track_id=f"t_{track:016x}",
        start_s=start_s,
        end_s=end_s,
        is_open=is_open,
        n_faces=max(n_useful, 1),
        n_useful=n_useful,
        best_quality=best_quality,
        box_xywh=BOX,
        template=None if n_useful == 0 else make_vector(0) if template is None else template,
        thumb_jpeg=thumb_jpeg,
    )


def sighting(track: int) -> str:
    """The id of the sighting that begins with the track of `make_look`."""
    return f"s_{track:016x}"


@dataclass(slots=True)
class Watch:
    """A run whose time is stepped by hand; its state is saved and read again before every step."""

    naming: Naming = field(default_factory=make_naming)
    state: LifeState = field(default_factory=LifeState)
    number: int = 0
    events: list[SightingEvent] = field(default_factory=list)

    def at(self, media_s: float, *looks: Look) -> list[SightingEvent]:
        """Go on to `media_s`; returns what was told then."""
        step = step_lives(decode_life(encode_life(self.state)), looks, self._moment(media_s), LIVE_RUN, self.naming)
        return self._took(step.state, step.events)

    def end(self) -> list[SightingEvent]:
        """End the run where it is."""
        step = end_lives(decode_life(encode_life(self.state)), self._moment(self.state.now_s))
        return self._took(step.state, step.events)

    def _moment(self, media_s: float) -> Moment:
        self.number += 1
        return Moment(self.number - 1, media_s, EMITTED)

    def _took(self, state: LifeState, events: Sequence[SightingEvent]) -> list[SightingEvent]:
        self.state = state
        self.events.extend(events)
        return list(events)


def said(events: Iterable[SightingEvent]) -> list[tuple[str, str, str | None]]:
    """Kind, sighting and name of each event."""
    return [(event.kind.value, event.sighting_id, event.person_name) for event in events]


def unbalanced(events: Iterable[SightingEvent]) -> list[str]:
    """Sightings of which a beginning and an end do not follow each other in turn, or that are still alive."""
    lives: dict[str, list[EventKind]] = defaultdict(list)
    for event in events:
        lives[event.sighting_id].append(event.kind)
    return [sighting_id for sighting_id, kinds in lives.items() if not _is_balanced(kinds)]


def _is_balanced(kinds: Sequence[EventKind]) -> bool:
    edges = [kind for kind in kinds if kind is not EventKind.UPDATE]
    in_turn = edges == [EventKind.NEW, EventKind.END] * (len(edges) // 2)
    return in_turn and kinds[0] is EventKind.NEW and kinds[-1] is EventKind.END
