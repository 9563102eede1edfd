"""What people have said about single tracks, and how that overrules what the tracks look like. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.identity.decision import DecisionPolicy, decide
from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import Match, VectorF32
from pipeline.sightings.building.verdicts import TrackVerdict
from pipeline.sightings.rows import EmbeddingRow, Status

NOT_COMPARED = -1.0
"""The score of a track without a template: as little as can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCorrections:
    """What people have said about tracks; all keys are track ids."""

    not_faces: frozenset[str] = frozenset()
    """These show no face: they are left out."""
    persons: Mapping[str, str] = field(default_factory=dict)
    """These are this person, by id; it counts while the person is in the gallery."""
    denied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """These are none of these people, by id."""


NO_CORRECTIONS = TrackCorrections()


def correct_verdicts(
    verdicts: Sequence[TrackVerdict],
    embeddings: Mapping[str, EmbeddingRow],
    gallery: Gallery,
    policy: DecisionPolicy,
    corrections: TrackCorrections,
) -> list[TrackVerdict]:
    """The verdicts as people corrected them, in the same order.

    A track that was said to be somebody is known, whatever it looks like, and its scores are those with that person. A
    track that was said not to be somebody is judged as if that person were not enrolled.
    """
    return [
        _correct(verdict, embeddings.get(verdict.track.track_id), gallery, policy, corrections) for verdict in verdicts
    ]


def _correct(
    verdict: TrackVerdict,
    row: EmbeddingRow | None,
    gallery: Gallery,
    policy: DecisionPolicy,
    corrections: TrackCorrections,
) -> TrackVerdict:
    track_id = verdict.track.track_id
    person, denied = corrections.persons.get(track_id), corrections.denied.get(track_id, frozenset())
    place = None if person is None else _mean_place(gallery, person)
    if person is not None and place is not None:
        match = _match_with(person, place, row, gallery)
        scores = _scores(row, gallery.means[place])
        return replace(verdict, status=Status.KNOWN, match=match, scores=scores, is_corrected=True)
    if row is None or verdict.match is None or verdict.match.person_id not in denied:
        return verdict
    other = _best_without(denied, row.template, gallery)
    status = decide(other, verdict.track.n_useful, policy)
    mean = None if other is None else _mean_place(gallery, other.person_id)
    scores = () if mean is None else _scores(row, gallery.means[mean])
    return replace(verdict, status=status, match=other, scores=scores)


def _match_with(person_id: str, place: int, row: EmbeddingRow | None, gallery: Gallery) -> Match:
    if row is None:
        return Match(person_id, NOT_COMPARED)
    score = float(gallery.means[place] @ row.template)
    second = _best_without(frozenset({person_id}), row.template, gallery)
    if second is None:
        return Match(person_id, score)
    return Match(person_id, score, second.person_id, score - second.score)


def _best_without(denied: frozenset[str], template: VectorF32, gallery: Gallery) -> Match | None:
    """The best person for the template `(D,)` who is not denied; None when nobody is left."""
    scores = gallery.means @ template
    places = [place for person in denied if (place := _mean_place(gallery, person)) is not None]
    scores[places] = -np.inf
    order = np.argsort(-scores, kind="stable")[:2]
    best = [(gallery.person_ids[gallery.mean_owners[at]], float(scores[at])) for at in order if np.isfinite(scores[at])]
    if not best:
        return None
    if len(best) == 1:
        return Match(*best[0])
    return Match(*best[0], best[1][0], best[0][1] - best[1][1])


def _scores(row: EmbeddingRow | None, mean: VectorF32) -> tuple[float, ...]:
    """Cosine of the template and of each stored embedding with the mean `(D,)`."""
    return () if row is None else tuple(float(vector @ mean) for vector in (row.template, *row.best_embeddings))


def _mean_place(gallery: Gallery, person_id: str) -> int | None:
    """Where the person's mean is among the gallery's; None without a reference."""
    if person_id not in gallery.person_ids:
        return None
    owner = gallery.person_ids.index(person_id)
    place = int(np.searchsorted(gallery.mean_owners, owner))
    return place if place < len(gallery.mean_owners) and gallery.mean_owners[place] == owner else None
