"""What the page of unknown people shows: groups with faces, and who they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.gallery.people import People
from pipeline.control.work.sources import Sources
from pipeline.people.unknown_groups import NO_PROPOSAL, GroupProposal, UnknownGroup, list_groups, proposals_for
from pipeline.sightings.catalogue.queries import CatalogueQuery, Cursor
from pipeline.sightings.rows import SightingRow, Status

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.control.gallery.records import Reference

GROUPS_SHOWN = 12
"""Groups on one page."""
MOST_CHOSEN = 60
"""Groups that an address may name."""
FACES_SHOWN = 6
UNCERTAIN_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard:
    """An unknown person as the list shows them."""

    group: UnknownGroup
    faces: tuple[SightingRow, ...]
    """The newest sightings with a face."""
    places: tuple[str, ...]
    """Where those were, in the words of the sources."""
    proposal: GroupProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownsPage:
    """One page of the list."""

    cards: tuple[GroupCard, ...]
    n_groups: int
    page: int
    n_pages: int
    shows_ignored: bool
    is_chosen: bool = False
    """Whether these are some whom an address names, and not a page of all."""
    n_uncertain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainCard:
    """A sighting that may be somebody's, beside the best picture of that person."""

    row: SightingRow
    place: str
    person_id: str
    name: str
    picture: Reference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainPage:
    """Uncertain sightings, newest first."""

    cards: tuple[UncertainCard, ...]
    after: Cursor | None
    n_uncertain: int


def show_unknowns(site: Site, page: int, *, ignored: bool) -> UnknownsPage:
    """A page of the unknown people, those seen most often first; the first page is 1."""
    groups = list_groups(site.control, site.catalogue, ignored=ignored)
    n_pages = max(1, -(-len(groups) // GROUPS_SHOWN))
    shown = groups[(min(page, n_pages) - 1) * GROUPS_SHOWN : min(page, n_pages) * GROUPS_SHOWN]
    return UnknownsPage(
        cards=tuple(_cards(site, shown)),
        n_groups=len(groups),
        page=min(page, n_pages),
        n_pages=n_pages,
        shows_ignored=ignored,
        n_uncertain=site.catalogue.count(_UNCERTAIN),
    )


def show_chosen(site: Site, unknown_ids: Sequence[str]) -> UnknownsPage:
    """Those of these unknown people who are in the record still and not ignored, up to `MOST_CHOSEN`."""
    wanted = frozenset(unknown_ids)
    groups = [group for group in list_groups(site.control, site.catalogue) if group.unknown_id in wanted]
    cards = tuple(_cards(site, groups[:MOST_CHOSEN]))
    return UnknownsPage(
        cards=cards,
        n_groups=len(cards),
        page=1,
        n_pages=1,
        shows_ignored=False,
        is_chosen=True,
        n_uncertain=site.catalogue.count(_UNCERTAIN),
    )


def show_uncertain(site: Site, after: Cursor | None) -> UncertainPage:
    """Some uncertain sightings whose candidate is still enrolled."""
    found = site.catalogue.find(_UNCERTAIN, UNCERTAIN_SHOWN, after)
    labels = labels_of(site)
    people = {row.candidate_id for row in found.sightings if row.candidate_id}
    names = PeopleListing(site.control).names_of(sorted(people))
    pictures = {person_id: best_picture(site, person_id) for person_id in names}
    cards = tuple(
        UncertainCard(
            row=row,
            place=labels.get(row.source_id, row.source_id),
            person_id=row.candidate_id,
            name=names[row.candidate_id],
            picture=pictures[row.candidate_id],
        )
        for row in found.sightings
        if row.candidate_id in names
    )
    return UncertainPage(cards=cards, after=found.after, n_uncertain=site.catalogue.count(_UNCERTAIN))


def best_picture(site: Site, person_id: str) -> Reference | None:
    """The best reference picture of somebody; raises `NotFound`."""
    references = People(site.control).person(person_id).references
    pictured = [each for each in references if each.image_ref and each.encoder == site.encoder]
    return max(pictured, key=lambda each: each.quality, default=None)


def labels_of(site: Site) -> dict[str, str]:
    """What sources are called, by id."""
    return {source.source_id: source.label for source in Sources(site.control).list()}


def _cards(site: Site, groups: Sequence[UnknownGroup]) -> list[GroupCard]:
    proposals = proposals_for(site.control, groups, site.encoder, site.settings.identity)
    labels = labels_of(site)
    asked = frozenset(group.unknown_id for group in groups)
    faces_of = site.catalogue.newest_of_each(asked, FACES_SHOWN, _WITH_FACE)
    cards = []
    for group in groups:
        faces = faces_of[group.unknown_id]
        places = dict.fromkeys(labels.get(row.source_id, row.source_id) for row in faces)
        proposal = proposals.get(group.unknown_id, NO_PROPOSAL)
        cards.append(GroupCard(group=group, faces=faces, places=tuple(places), proposal=proposal))
    return cards


_WITH_FACE = CatalogueQuery(has_face=True)
_UNCERTAIN = CatalogueQuery(statuses=frozenset({Status.UNCERTAIN}))
