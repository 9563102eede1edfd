"""The unknown people of the record as groups to decide on: how often they were seen, and who they may be.

list_groups(control, catalogue, ignored=False) -> [UnknownGroup]              most sightings first
proposals_for(control, groups, encoder, identity) -> {unknown_id: GroupProposal}   who they may be
sightings_of(catalogue, unknown_ids) -> [SightingRow]                              all of them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.gallery.unknowns import Unknowns
from pipeline.identity.policies import policy_in_effect
from pipeline.identity.resembling import alike_templates, nearest_people
from pipeline.options import IdentityOptions
from pipeline.schemas import Match
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import SightingRow, Status

PAGE = 1000
"""Sightings read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGroup:
    """One unknown person with all their sightings."""

    unknown_id: str
    n_sightings: int
    first_seen: datetime
    last_seen: datetime
    presence_s: float
    is_ignored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Somebody whom an unknown person resembles."""

    other_id: str
    """Of a person, or an unknown one."""
    name: str
    """The id again for an unknown one."""
    score: float
    """Cosine similarity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupProposal:
    """Who an unknown person may be."""

    nearest: Alike | None
    """Whom of those enrolled they resemble most, however little; None where nobody is enrolled."""
    is_likely: bool
    """Whether that is as much as an uncertain sighting needs."""
    same_as: tuple[Alike, ...]
    """Other unknown people who resemble them so much; the most similar first."""


NO_PROPOSAL = GroupProposal(nearest=None, is_likely=False, same_as=())


def list_groups(control: Control, catalogue: Catalogue, *, ignored: bool = False) -> list[UnknownGroup]:
    """The unknown people who have sightings, those seen most often first; or those who are ignored."""
    out_of_the_way = Unknowns(control).ignored()
    groups = [
        UnknownGroup(
            unknown_id=count.subject.person_id,
            n_sightings=count.n_sightings,
            first_seen=count.first_seen,
            last_seen=count.last_seen,
            presence_s=count.presence_s,
            is_ignored=count.subject.person_id in out_of_the_way,
        )
        for count in catalogue.people(CatalogueQuery(statuses=frozenset({Status.UNKNOWN}), has_person=True))
        if count.subject.person_id is not None
    ]
    wanted = [group for group in groups if group.is_ignored == ignored]
    return sorted(wanted, key=lambda group: (-group.n_sightings, group.unknown_id))


def proposals_for(
    control: Control, groups: Sequence[UnknownGroup], encoder: str, identity: IdentityOptions
) -> dict[str, GroupProposal]:
    """Who these unknown people may be, by unknown id; those whom the encoder does not know are left out."""
    people = Unknowns(control).book(encoder).people
    place_of = {person.unknown_id: place for place, person in enumerate(people)}
    asked = [place_of[group.unknown_id] for group in groups if group.unknown_id in place_of]
    if not asked:
        return {}
    least = policy_in_effect(control, encoder, identity).policy.uncertain_threshold
    templates, gallery = np.stack([person.template for person in people]), People(control).gallery(encoder)
    alike = alike_templates(templates, asked, least)
    matches = nearest_people(templates[asked], gallery)
    name_of = dict(zip(gallery.person_ids, gallery.person_names, strict=True))
    found: dict[str, GroupProposal] = {}
    for place, match in zip(asked, matches, strict=True):
        others = [(people[each.place].unknown_id, each.score) for each in alike.get(place, ())]
        found[people[place].unknown_id] = GroupProposal(
            nearest=_alike(match, name_of),
            is_likely=match is not None and match.score >= least,
            same_as=tuple(Alike(other_id=other, name=other, score=score) for other, score in others),
        )
    return found


def _alike(match: Match | None, name_of: Mapping[str, str]) -> Alike | None:
    if match is None:
        return None
    return Alike(other_id=match.person_id, name=name_of[match.person_id], score=match.score)


def sightings_of(catalogue: Catalogue, unknown_ids: Iterable[str]) -> list[SightingRow]:
    """All sightings of some unknown people, newest first."""
    query, after = CatalogueQuery(person_ids=frozenset(unknown_ids)), None
    found: list[SightingRow] = []
    while True:
        page = catalogue.find(query, PAGE, after)
        found.extend(page.sightings)
        after = page.after
        if after is None:
            return found
