"""Whom each source shows, summed up over all its sightings, with the best face of each person. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.sightings.catalogue.counts import Chosen, SubjectCoder
from pipeline.sightings.catalogue.rows import STATUSES, CatalogueRows, Floats, Ints, Order, Vocabulary
from pipeline.sightings.rows import Status

EVERYBODY = 1_000_000
"""More people than any source shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPerson:
    """Somebody in one source."""

    person_id: str
    name: str
    """What the person is called, as the best sighting has it, or `unknown-0001`."""
    status: Status
    thumb_ref: str | None
    """The face of the best sighting that has one."""
    n_sightings: int
    best_score: float | None
    presence_s: float
    """Sum over the sightings, in seconds."""
    first_media_s: float
    """When it was seen first, in seconds of media time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom one source shows."""

    people: tuple[SeenPerson, ...] = ()
    """Known ones first, those seen longest before the others; as many as were asked for."""
    n_known: int = 0
    """People, also those who are not among `people`."""
    n_unknown: int = 0
    n_uncertain: int = 0
    """Sightings of somebody who may be a known person."""
    n_unnamed: int = 0
    """Sightings of unknown people that cannot be told apart."""

    @property
    def known(self) -> tuple[SeenPerson, ...]:
        """The known ones of `people`."""
        return tuple(person for person in self.people if person.status is Status.KNOWN)


NOBODY = Seen()


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """`(G,)` sums of the sightings of one subject at one source."""

    source: Ints
    status: Ints
    person: Ints
    """Codes; below 0 for nobody in particular."""
    name: Ints
    folder: Ints
    file: Ints
    n: Ints
    score: Floats
    """-inf for none."""
    presence_s: Floats
    first_media_s: Floats


def seen_by_source(days: Iterable[Chosen], words: Vocabulary, most: int = EVERYBODY) -> dict[str, Seen]:
    """Whom each source of the chosen sightings shows, with at most so many people of each."""
    chosen = list(days)
    if not chosen:
        return {}
    groups = _grouped(chosen, words)
    is_known = groups.status == STATUSES.index(Status.KNOWN)
    order = np.lexsort((groups.person, -groups.presence_s, ~is_known, groups.person < 0, groups.source))
    ends = np.flatnonzero(np.append(np.diff(groups.source[order]) > 0, True)) + 1
    places = np.split(order, ends[:-1])
    return {words.sources.word(int(groups.source[at[0]])) or "": _seen(groups, at, words, most) for at in places}


def _grouped(chosen: Sequence[Chosen], words: Vocabulary) -> _Groups:
    coder = SubjectCoder(words)
    codes = np.concatenate([rows.source[at] * coder.size + coder.codes(rows, at) for rows, at in chosen])
    found, group = np.unique(codes, return_inverse=True)
    score, folder = np.nan_to_num(_column(chosen, "best_score"), nan=-np.inf), _column(chosen, "thumb_folder")
    best = _last_of_each(np.lexsort((score, folder >= 0, group)), group)
    scores, firsts, presences = np.full(len(found), -np.inf), np.full(len(found), np.inf), np.zeros(len(found))
    np.maximum.at(scores, group, score)
    np.add.at(presences, group, _column(chosen, "presence_s"))
    np.minimum.at(firsts, group, _column(chosen, "media_start_s"))
    return _Groups(
        source=found // coder.size,
        status=_column(chosen, "status")[best],
        person=_column(chosen, "person")[best],
        name=_column(chosen, "name")[best],
        folder=folder[best],
        file=_column(chosen, "thumb_file")[best],
        n=np.bincount(group),
        score=scores,
        presence_s=presences,
        first_media_s=firsts,
    )


def _seen(groups: _Groups, places: Order, words: Vocabulary, most: int) -> Seen:
    """Of the groups of one source, people first and in their order."""
    has_person, status = groups.person[places] >= 0, groups.status[places]
    people, others = places[has_person], places[~has_person]
    n_known = int((status[has_person] == STATUSES.index(Status.KNOWN)).sum())
    is_uncertain = groups.status[others] == STATUSES.index(Status.UNCERTAIN)
    return Seen(
        people=tuple(_person(groups, int(place), words) for place in people[:most]),
        n_known=n_known,
        n_unknown=len(people) - n_known,
        n_uncertain=int(groups.n[others[is_uncertain]].sum()),
        n_unnamed=int(groups.n[others[~is_uncertain]].sum()),
    )


def _person(groups: _Groups, place: int, words: Vocabulary) -> SeenPerson:
    person_id = words.people.word(int(groups.person[place])) or ""
    folder = words.folders.word(int(groups.folder[place]))
    return SeenPerson(
        person_id=person_id,
        name=words.names.word(int(groups.name[place])) or person_id,
        status=STATUSES[groups.status[place]],
        thumb_ref=None if folder is None else f"{folder}/{groups.file[place].decode()}",
        n_sightings=int(groups.n[place]),
        best_score=float(groups.score[place]) if np.isfinite(groups.score[place]) else None,
        presence_s=float(groups.presence_s[place]),
        first_media_s=float(groups.first_media_s[place]),
    )


def _last_of_each(order: Order, group: Ints) -> Order:
    """Of places ordered by their group, the last one of each."""
    return np.asarray(order[np.append(np.diff(group[order]) > 0, True)])


def _column(chosen: Sequence[tuple[CatalogueRows, Order]], name: str) -> Ints:
    return np.concatenate([getattr(rows, name)[at] for rows, at in chosen])
