"""Whoever comes and goes, every life is balanced, and what was told agrees with the record made of the same tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.lifecycle_tracks import Look
from pipeline.sightings.building.building import NO_NOTES, build_sightings
from pipeline.sightings.rows import SightingRow, Status
from tests.builders import make_embedding_row, make_track_row, make_vector
from tests.builders_events import TIMEOUT_S, Watch, make_look, make_naming, unbalanced

STEP_S = 0.2
RUN_S = 120.0
GAP_S = 2.0
"""How long a track stays open after its face was last seen."""
STRANGERS = (5, 6, 7)
PEOPLE = (0, 1, *STRANGERS)


@dataclass(frozen=True, slots=True)
class Walk:
    """A face in view from `start_s` to `end_s`, recognisable from its `clear_from`-th picture on."""

    track: int
    person: int
    start_s: float
    end_s: float
    clear_from: int

    def look(self, now_s: float) -> Look:
        end_s = min(self.end_s, now_s)
        n_faces = 1 + round((end_s - self.start_s) / STEP_S)
        cosine = 0.97 if n_faces >= self.clear_from else 0.7
        return make_look(
            self.track,
            start_s=self.start_s,
            end_s=end_s,
            is_open=now_s <= self.end_s + GAP_S,
            n_useful=n_faces,
            template=make_vector(self.person, cosine=cosine),
        )


def make_walks(seed: int) -> list[Walk]:
    """Everybody comes and goes a few times, one face at a time for each person."""
    random = np.random.default_rng(seed)
    walks: list[Walk] = []
    for person in PEOPLE:
        at_s = random.uniform(0, 20)
        while at_s < RUN_S - 1:
            length_s = random.uniform(0.1, 15)
            start_s, end_s = (round(value / STEP_S) * STEP_S for value in (at_s, min(at_s + length_s, RUN_S)))
            walks.append(Walk(len(walks) + 1, person, start_s, end_s, int(random.integers(1, 40))))
            at_s += length_s + GAP_S + random.uniform(0.3, 18)
    return walks


def watch_walks(walks: list[Walk]) -> list[SightingEvent]:
    watch = Watch()
    for step in range(round(RUN_S / STEP_S)):
        now_s = step * STEP_S
        watch.at(now_s, *(w.look(now_s) for w in walks if w.start_s <= now_s <= w.end_s + GAP_S + 1.5 * STEP_S))
    last = [w.look(RUN_S) for w in walks if w.end_s + GAP_S + STEP_S >= RUN_S - 2 * STEP_S]
    watch.at(RUN_S, *last)
    watch.end()
    return watch.events


def record_walks(walks: list[Walk]) -> list[SightingRow]:
    looks = [walk.look(RUN_S + GAP_S + 1) for walk in walks]
    rows = [
        make_track_row(look.track_id, start_s=look.start_s, end_s=look.end_s, n_useful=look.n_useful) for look in looks
    ]
    embeddings = {look.track_id: make_embedding_row(look.track_id, template=look.template) for look in looks}
    naming = make_naming()
    return build_sightings(rows, embeddings, naming.matcher, naming.policy, NO_NOTES, TIMEOUT_S)


def ends_by_visit(events: list[SightingEvent]) -> dict[str, list[SightingEvent]]:
    """The last ends of all sightings, by the sighting that each is a part of in the end."""
    ends = {event.sighting_id: event for event in events if event.kind is EventKind.END}
    found: dict[str, list[SightingEvent]] = {}
    for event in ends.values():
        visit_id, whole = event.sighting_id, event.part_of
        while whole is not None:
            visit_id, whole = whole, ends[whole].part_of if whole in ends else None
        found.setdefault(visit_id, []).append(event)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_life_is_balanced_and_agrees_with_the_record(seed: int) -> None:
    walks = make_walks(seed)

    events = watch_walks(walks)
    told = ends_by_visit(events)

    assert unbalanced(events) == []
    assert len({event.event_id for event in events}) == len(events)
    for row in record_walks(walks):
        if row.status is Status.KNOWN or row.n_faces >= 2:
            ends = told.pop(row.sighting_id)
            assert max(event.ended_at for event in ends if event.ended_at) == row.end_ts
            assert any(event.person_id == row.person_id for event in ends)
    assert told == {}
