"""Tell unknown people apart: give each unknown track the id of an unknown person seen before, or a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.identity.decision import DecisionPolicy
from pipeline.schemas import VectorF32, check_array
from pipeline.sightings.building.intervals import Interval, is_free, take
from pipeline.sightings.building.verdicts import TrackVerdict
from pipeline.sightings.rows import EmbeddingRow, Status, TrackRow

MIN_NEW_QUALITY = 0.15
"""Quality of a track's best face from which nobody's name means somebody new. Below it (some 25 pixels, or blurred, or
turned away) enrolled people go unrecognised as well, so that no match is no evidence of a stranger."""


@dataclass(frozen=True, slots=True, eq=False)
class UnknownPerson:
    """Somebody who was seen, and whom nobody has named yet."""

    unknown_id: str
    template: VectorF32
    """`(D,)` float32 of unit length: the mean direction of the tracks' templates."""
    n_tracks: int

    def __post_init__(self) -> None:
        check_array("template", self.template, (None,), np.float32)


@dataclass(frozen=True, slots=True)
class UnknownGroups:
    """Which unknown person each track is, and what is now known of these people."""

    ids: Mapping[str, str]
    """Track id -> unknown id; tracks too poor to tell are not in it."""
    people: tuple[UnknownPerson, ...]
    """Those who are new or whose template changed, in order of first appearance."""


def unknown_id_for(number: int) -> str:
    """The id of the unknown person of that number: `unknown-0001`."""
    return f"unknown-{number:04d}"


def tracks_of_unknowns(verdicts: Sequence[TrackVerdict]) -> list[TrackRow]:
    """The tracks that nobody of the gallery can be."""
    return [verdict.track for verdict in verdicts if verdict.status is Status.UNKNOWN]


def group_unknowns(
    tracks: Sequence[TrackRow],
    embeddings: Mapping[str, EmbeddingRow],
    people: Sequence[UnknownPerson],
    policy: DecisionPolicy,
    next_number: int,
) -> UnknownGroups:
    """Compare unknown tracks, in order of start, source and id, with the unknown people seen before.

    The best person at or above the policy's threshold who is not in the picture already is the one; otherwise a track
    with enough useful faces, one of them good, is a new person, numbered from `next_number`. Poorer tracks never make
    a new person, else everybody far away or passing by would be one; when all others have an id, they join a person
    that they resemble, or stay without one.
    """
    ordered = sorted(
        (t for t in tracks if t.track_id in embeddings), key=lambda t: (t.start_ts, t.source_id, t.track_id)
    )
    book = _Book(list(people), next_number)
    for track in (track for track in ordered if _tells_somebody_new(track, policy)):
        template = embeddings[track.track_id].template
        place = book.find(track, template, policy.threshold)
        book.enter(track, book.add(template) if place is None else book.learn(place, template))
    for track in (track for track in ordered if not _tells_somebody_new(track, policy)):
        place = book.find(track, embeddings[track.track_id].template, policy.threshold)
        if place is not None:
            book.enter(track, place)
    return UnknownGroups(book.ids, tuple(book.people[place] for place in sorted(book.changed)))


@dataclass(slots=True)
class _Book:
    """The unknown people while tracks are being entered."""

    people: list[UnknownPerson]
    next_number: int
    ids: dict[str, str] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    taken: dict[tuple[str, int], list[Interval]] = field(default_factory=lambda: defaultdict(list))

    def find(self, track: TrackRow, template: VectorF32, threshold: float) -> int | None:
        """The place of the most similar person who can be this track."""
        cosines = [float(person.template @ template) for person in self.people]
        for place in sorted(range(len(cosines)), key=lambda place: (-cosines[place], place)):
            if cosines[place] < threshold:
                return None
            if is_free(self.taken[track.source_id, place], _interval(track)):
                return place
        return None

    def add(self, template: VectorF32) -> int:
        """The place of a new person."""
        self.people.append(UnknownPerson(unknown_id_for(self.next_number), template, 1))
        self.next_number += 1
        self.changed.add(len(self.people) - 1)
        return len(self.people) - 1

    def learn(self, place: int, template: VectorF32) -> int:
        """The same place, after its person's template moved towards one more track's."""
        person = self.people[place]
        total = person.template * np.float32(person.n_tracks) + template
        moved = (total / np.linalg.norm(total)).astype(np.float32)
        self.people[place] = UnknownPerson(person.unknown_id, moved, person.n_tracks + 1)
        self.changed.add(place)
        return place

    def enter(self, track: TrackRow, place: int) -> None:
        """Note that this track is the person at `place`."""
        self.ids[track.track_id] = self.people[place].unknown_id
        take(self.taken[track.source_id, place], _interval(track))


def _tells_somebody_new(track: TrackRow, policy: DecisionPolicy) -> bool:
    return track.n_useful >= policy.min_faces and track.best_quality >= MIN_NEW_QUALITY


def _interval(track: TrackRow) -> Interval:
    return Interval(track.media_start_s, track.media_end_s)
