"""What the pages of people show: cards of everybody, and one person with pictures, warnings and sightings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.control.gallery.listing import PeopleListing, PersonCard
from pipeline.control.gallery.merging import aliases_of
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.gallery_check import Finding, FindingKind, Limits, check_gallery
from pipeline.identity.policies import policy_in_effect
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import SightingRow

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.control.database import Control
    from pipeline.control.gallery.records import Person, Reference
    from pipeline.sightings.catalogue.counts import SubjectCount

PEOPLE_SHOWN = 48
SIGHTINGS_SHOWN = 12
MOST_CHECKED = 20_000
"""Reference pictures up to which the gallery is checked while somebody waits: comparing 20,000 takes about a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Somebody on the list."""

    person: PersonCard
    seen: SubjectCount | None
    """None for somebody who was never seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """One page of the list."""

    cards: tuple[Card, ...]
    text: str
    """What names were looked for."""
    n_people: int
    page: int
    n_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageShown:
    """A reference picture with what there is to say of it."""

    reference: Reference
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person."""

    person: Person
    images: tuple[ImageShown, ...]
    """The best quality first."""
    warnings: tuple[str, ...]
    """Of the person as a whole."""
    seen: SubjectCount | None
    sightings: tuple[SightingRow, ...]
    places: Mapping[str, str]
    """Source id -> label."""
    aliases: tuple[str, ...]


def show_people(site: Site, text: str, page: int) -> PeoplePage:
    """A page of the people whose names have `text` in them; the first page is 1."""
    listing = PeopleListing(site.control)
    n_people = listing.count(text)
    n_pages = max(1, -(-n_people // PEOPLE_SHOWN))
    page = min(page, n_pages)
    cards = listing.page(site.encoder, text, PEOPLE_SHOWN, (page - 1) * PEOPLE_SHOWN)
    seen = _seen(site, [card.person_id for card in cards])
    shown = tuple(Card(person=card, seen=seen.get(card.person_id)) for card in cards)
    return PeoplePage(cards=shown, text=text, n_people=n_people, page=page, n_pages=n_pages)


def show_person(site: Site, person_id: str, places: Mapping[str, str]) -> PersonPage:
    """One person; raises `NotFound`."""
    person = People(site.control).person(person_id)
    own = [each for each in person.references if each.encoder == site.encoder]
    of_images, of_person = warnings_for(site, person)
    query = CatalogueQuery(person_ids=frozenset({person.person_id}))
    ranked = sorted(own, key=lambda each: (-each.quality, each.image_sha256))
    return PersonPage(
        person=person,
        images=tuple(ImageShown(reference=each, warnings=of_images.get(each.image_sha256, ())) for each in ranked),
        warnings=of_person,
        seen=_seen(site, [person.person_id]).get(person.person_id),
        sightings=site.catalogue.find(query, SIGHTINGS_SHOWN).sightings,
        places=places,
        aliases=tuple(aliases_of(site.control, person.person_id)),
    )


def warnings_for(site: Site, person: Person) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What `gallery check` says of a person: by the sha256 of the picture it is about, and of the person as a whole."""
    people = People(site.control)
    encoder = site.encoder
    own = sorted(each.image_sha256 for each in person.references if each.encoder == encoder)
    if not own:
        return {}, ()
    policy = policy_in_effect(site.control, encoder, site.settings.identity).policy
    findings = _findings(site.control, encoder, people.gallery_version(), policy.threshold, policy.uncertain_threshold)
    of_images: dict[str, list[str]] = defaultdict(list)
    of_person: list[str] = []
    for finding, first in findings.get(person.person_id, ()):
        places = [at - first for at in finding.images if 0 <= at - first < len(own)]
        words = _words(finding, person.person_id, PeopleListing(site.control))
        if places and finding.kind not in _OF_PERSON:
            of_images[own[places[-1]]].append(words)
        else:
            of_person.append(words)
    return {digest: tuple(words) for digest, words in of_images.items()}, tuple(of_person)


@lru_cache(4)
def _findings(
    control: Control, encoder: str, version: int, threshold: float, uncertain_threshold: float
) -> dict[str, list[tuple[Finding, int]]]:
    """By person what was found, and where the person's pictures begin in the gallery; once for each version."""
    gallery = People(control).gallery(encoder, version)
    if len(gallery.references) > MOST_CHECKED:
        return {}
    entry = encoder_entry(encoder, control.weights_dir)
    same_face, same_picture = entry.tracking.agree_cosine, entry.calibration.duplicate_cosine
    limits = Limits(threshold, uncertain_threshold, same_face, same_picture)
    first_of = {gallery.person_ids[owner]: at for at, owner in reversed(list(enumerate(gallery.owners.tolist())))}
    found: dict[str, list[tuple[Finding, int]]] = defaultdict(list)
    for finding in check_gallery(gallery, limits):
        for person_id in finding.person_ids:
            found[person_id].append((finding, first_of[person_id]))
    return dict(found)


_OF_PERSON = frozenset({FindingKind.FEW_IMAGES, FindingKind.UNIFORM, FindingKind.ALIKE})


def _words(finding: Finding, person_id: str, people: PeopleListing) -> str:
    others = [each for each in finding.person_ids if each != person_id]
    other = people.names_of(others).get(others[0], "somebody else") if others else ""
    score = "" if finding.score is None else f" ({finding.score:.2f})"
    words = {
        FindingKind.SAME_PICTURE: f"The same picture is enrolled for {other}{score}",
        FindingKind.CONFUSABLE: f"May be taken for {other}{score}",
        FindingKind.MISFIT: f"Nearer to {other} than to the other pictures{score}; look at it",
        FindingKind.OUTLIER: f"Unlike the other pictures{score}; look at it",
        FindingKind.ALIKE: f"Looks much like {other}{score}: add clear pictures of both",
        FindingKind.NEAR_DUPLICATE: f"Nearly the same as another picture{score}: keep one",
        FindingKind.FEW_IMAGES: "Few pictures: add some of other days, light and angles, up to three or more",
        FindingKind.UNIFORM: f"All pictures are nearly alike{score}: add some of other days, light and angles",
    }
    return words[finding.kind]


def _seen(site: Site, person_ids: list[str]) -> dict[str, SubjectCount]:
    counts = site.catalogue.people(CatalogueQuery(person_ids=frozenset(person_ids)))
    return {count.subject.person_id: count for count in counts if count.subject.person_id is not None}
