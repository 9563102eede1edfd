"""People over the API: listed, looked at, enrolled, renamed, merged, removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.problems import problems
from dashboards.web.api.record.past import Following
from dashboards.web.api.record.pictures import Enrolment, SentPictures, enrolment
from dashboards.web.api.values import NAME, ApiBody, ApiValue, Moment, PersonId
from dashboards.web.failures import Conflict
from dashboards.web.people import changing
from dashboards.web.people.unknown.views import labels_of
from dashboards.web.people.views import PersonPage, show_person
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.gallery.people import People
from pipeline.people.naming import find_person
from pipeline.sightings.catalogue.counts import SubjectCount
from pipeline.sightings.catalogue.queries import CatalogueQuery

router = APIRouter(tags=["people"], prefix="/people")

Name = Annotated[str, Field(pattern=NAME, max_length=200, examples=["Ada Lovelace"])]


class Seen(ApiValue):
    """How often and when somebody was seen."""

    n_sightings: int
    first_seen: Moment
    last_seen: Moment
    presence_s: float
    """In view of a source, in seconds; moments that two sources saw count twice."""


class Person(ApiValue):
    """Somebody enrolled."""

    person_id: str
    """Never changes; the name may."""
    name: str
    created_at: Moment
    n_images: int
    """Reference pictures of the encoder in use."""
    seen: Seen | None
    """Null for somebody who was never seen."""


class PeopleList(ListPage):
    """People by name."""

    n_people: int
    """All of them, on this page and on others."""
    people: tuple[Person, ...]


class PersonPicture(ApiValue):
    """A reference picture."""

    sha256: str
    quality: float
    """0 (useless) to 1 (ideal)."""
    added_at: Moment
    address: str | None
    """Where the picture is; null for a reference without one."""
    warnings: tuple[str, ...]
    """What `facetrail gallery check` has to say of it."""


class PersonDetails(Person):
    """Somebody enrolled, with pictures and warnings."""

    images: tuple[PersonPicture, ...]
    """The best first."""
    warnings: tuple[str, ...]
    """Of the person as a whole."""
    aliases: tuple[str, ...]
    """Ids of those who were merged into this person."""


class Renaming(ApiBody):
    """Another name."""

    name: Name


class Merging(ApiBody):
    """Whom a person is to become."""

    into: Name
    """The name or id of the person who is left, and keeps the name."""


class MergeDone(Following):
    """Two people are one."""

    person_id: str
    """Who is left."""
    name: str
    merged_id: str
    """Who is an alias of that person now."""


@router.get("", operation_id="list_people")
def list_people(
    request: Request,
    response: Response,
    _visitor: AnyVisitor,
    q: Annotated[str, Query(max_length=200, description="A part of the name, in any case.")] = "",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str, Query(max_length=200, description="Where an earlier page ended.")] = "",
) -> PeopleList:
    """Those who are enrolled, by name."""
    site, listing = site_of(request), PeopleListing(site_of(request).control)
    cards = listing.page(site.encoder, q.strip(), limit + 1, after=cursor)
    shown = cards[:limit]
    seen = _seen(site, [card.person_id for card in shown])
    people = (
        Person(
            person_id=card.person_id,
            name=card.name,
            created_at=card.created_at,
            n_images=card.n_images,
            seen=seen.get(card.person_id),
        )
        for card in shown
    )
    following = lead_on(request, response, shown[-1].name if len(cards) > limit else None)
    return PeopleList(people=tuple(people), n_people=listing.count(q.strip()), next_cursor=following)


@router.post("", operation_id="enrol_person", responses=problems(503))
def enrol_person(
    request: Request,
    visitor: AnalystVisitor,
    contents: SentPictures,
    name: Annotated[str, Form(pattern=NAME, max_length=200, examples=["Ada Lovelace"])],
) -> Enrolment:
    """Enrol somebody by pictures, or add pictures to somebody of that name.

    Each picture is judged as `facetrail enroll` judges it, and its verdict says what became of it. Nobody is enrolled
    when not a single one can be used: `person_id` is null then.
    """
    return enrolment(changing.enrol(site_of(request), name, contents, visitor.name))


@router.get("/{person_id}", operation_id="get_person", responses=problems(404))
def get_person(request: Request, visitor: AnyVisitor, person_id: PersonId) -> PersonDetails:
    """A person with pictures, warnings and counts. An id that was merged leads to who that is now.

    Each look stands in the audit log.
    """
    site = site_of(request)
    shown = show_person(site, person_id, labels_of(site))
    AuditLog(site.control).append_anew("look", shown.person.person_id, who=visitor.name)
    return _details(shown)


@router.patch("/{person_id}", operation_id="rename_person", responses=problems(404, 409))
def rename_person(request: Request, visitor: AnalystVisitor, person_id: PersonId, body: Renaming) -> Following:
    """Give a person another name; the sightings of the past get it, too."""
    site = site_of(request)
    person, other = People(site.control).person(person_id), find_person(site.control, body.name)
    if other is not None and other.person_id != person.person_id:
        raise Conflict(f"somebody is called {body.name!r} already; merge the two, or choose another name")
    return Following(relabelling_id=changing.rename(site, person.person_id, body.name, visitor.name))


@router.post("/{person_id}/merge", operation_id="merge_people", responses=problems(404, 409))
def merge_people(request: Request, visitor: AnalystVisitor, person_id: PersonId, body: Merging) -> MergeDone:
    """Let a person be another one: the pictures move, and the id stays as an alias."""
    site = site_of(request)
    gone, kept = People(site.control).person(person_id), People(site.control).person(body.into)
    if gone.person_id == kept.person_id:
        raise Conflict("both are the same person already")
    merged = changing.merge(site, gone.person_id, kept.person_id, visitor.name)
    return MergeDone(
        relabelling_id=merged.request_id,
        person_id=merged.done.person_id,
        name=merged.done.name,
        merged_id=merged.done.merged_id,
    )


@router.delete("/{person_id}", operation_id="remove_person", responses=problems(404))
def remove_person(request: Request, visitor: AnalystVisitor, person_id: PersonId) -> Following:
    """Take a person out of the gallery; sightings of the past have no name any more."""
    return Following(relabelling_id=changing.remove(site_of(request), person_id, visitor.name))


def _seen(site: Site, person_ids: list[str]) -> dict[str, Seen]:
    counts = site.catalogue.people(CatalogueQuery(person_ids=frozenset(person_ids)))
    return {count.subject.person_id: _count(count) for count in counts if count.subject.person_id is not None}


def _count(count: SubjectCount) -> Seen:
    return Seen.model_validate(count)


def _details(shown: PersonPage) -> PersonDetails:
    person = shown.person
    return PersonDetails(
        person_id=person.person_id,
        name=person.name,
        created_at=person.created_at,
        n_images=len(shown.images),
        seen=None if shown.seen is None else _count(shown.seen),
        images=tuple(
            PersonPicture(
                sha256=image.reference.image_sha256,
                quality=image.reference.quality,
                added_at=image.reference.added_at,
                address=f"/api/v1/people/{person.person_id}/images/{image.reference.image_sha256}"
                if image.reference.image_ref
                else None,
                warnings=image.warnings,
            )
            for image in shown.images
        ),
        warnings=shown.warnings,
        aliases=shown.aliases,
    )
