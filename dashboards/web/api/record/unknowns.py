"""Unknown people over the API: who they may be, and what is decided on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, Field

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.problems import problems
from dashboards.web.api.record.past import Changed, changed
from dashboards.web.api.values import NAME, ApiBody, ApiValue, Flag, Moment
from dashboards.web.failures import Conflict
from dashboards.web.people.unknown import deciding
from dashboards.web.rendering import site_of
from pipeline.control.gallery.unknowns import Unknowns
from pipeline.people.naming import find_person
from pipeline.people.unknown_groups import NO_PROPOSAL, GroupProposal, UnknownGroup, list_groups, proposals_for

router = APIRouter(tags=["unknowns"], prefix="/unknowns")

UnknownId = Annotated[str, Field(pattern=r"^unknown-\d{1,12}$", examples=["unknown-0001"])]


def _all_different(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise ValueError("the same one is named twice")
    return ids


class Resembled(ApiValue):
    """Somebody whom an unknown person resembles."""

    other_id: str
    """Of a person, or an unknown one."""
    name: str
    """The id again for an unknown one."""
    score: float
    """Cosine similarity, -1 to 1."""


class Unknown(ApiValue):
    """An unknown person."""

    unknown_id: str
    n_sightings: int
    first_seen: Moment
    last_seen: Moment
    presence_s: float
    """In view of a source, in seconds."""
    is_ignored: bool
    nearest: Resembled | None
    """Whom of those enrolled they resemble most, however little; null where nobody is enrolled."""
    is_likely: bool
    """Whether that is as much as an uncertain sighting needs."""
    same_as: tuple[Resembled, ...]
    """Other unknown people who may be the same; the most similar first."""


class UnknownsList(ListPage):
    """Unknown people, those seen most often first."""

    n_unknowns: int
    unknowns: tuple[Unknown, ...]


class UnknownIds(ApiBody):
    """Some unknown people."""

    unknown_ids: Annotated[list[UnknownId], Field(min_length=1, max_length=100)]


class UnknownsToMerge(ApiBody):
    """Unknown people who are one."""

    unknown_ids: Annotated[
        list[UnknownId],
        Field(
            min_length=2,
            max_length=100,
            json_schema_extra={"uniqueItems": True},
            examples=[["unknown-0001", "unknown-0002"]],
        ),
        AfterValidator(_all_different),
    ]


class UnknownsNamed(UnknownIds):
    """Who unknown people are."""

    person: Annotated[str, Field(pattern=NAME, max_length=200, examples=["Ada Lovelace"])]
    """The name or id of somebody enrolled, or the name of somebody new."""
    must_be_new: bool = False
    """Refuse it when somebody is called so already."""


class Noted(ApiValue):
    """Something is noted that changes no sighting."""

    change_id: int | None
    """By which it can be taken back; null when it cannot, or need not."""


@router.get("", operation_id="list_unknowns")
def list_unknowns(
    request: Request,
    response: Response,
    _visitor: AnyVisitor,
    ignored: Annotated[Flag, Query(description="Those who are ignored, instead of the others.")] = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[
        str, Query(pattern=r"^(\d{1,9}~unknown-\d{1,12})?$", description="Where an earlier page ended.")
    ] = "",
) -> UnknownsList:
    """Those who were seen and are not enrolled, with who they may be."""
    site = site_of(request)
    groups = list_groups(site.control, site.catalogue, ignored=ignored)
    found = [group for group in groups if _place(group) > _parse(cursor)] if cursor else groups
    shown = found[:limit]
    proposals = proposals_for(site.control, shown, site.encoder, site.settings.identity)
    following = f"{shown[-1].n_sightings}~{shown[-1].unknown_id}" if len(found) > limit else None
    return UnknownsList(
        unknowns=tuple(_unknown(group, proposals.get(group.unknown_id, NO_PROPOSAL)) for group in shown),
        n_unknowns=len(groups),
        next_cursor=lead_on(request, response, following),
    )


@router.post("/name", operation_id="name_unknowns", responses=problems(404, 409, 503))
def name_unknowns(request: Request, visitor: AnalystVisitor, body: UnknownsNamed) -> Changed:
    """Say who unknown people are. Their best faces become reference pictures, and all their sightings that person's."""
    site = site_of(request)
    if body.must_be_new and find_person(site.control, body.person) is not None:
        raise Conflict(f"somebody is called {body.person} already")
    return changed(
        deciding.name_unknowns(site, body.unknown_ids, body.person, must_be_new=body.must_be_new, who=visitor.name)
    )


@router.post("/merge", operation_id="merge_unknowns", responses=problems(404))
def merge_unknowns(request: Request, visitor: AnalystVisitor, body: UnknownsToMerge) -> Changed:
    """Let unknown people be one: the one seen most often."""
    return changed(deciding.merge_unknowns(site_of(request), body.unknown_ids, who=visitor.name))


@router.post("/not-a-face", operation_id="unknowns_are_no_faces", responses=problems(404))
def not_a_face(request: Request, visitor: AnalystVisitor, body: UnknownIds) -> Changed:
    """Say that these show no faces: their sightings go from the record."""
    return changed(deciding.unknowns_are_no_faces(site_of(request), body.unknown_ids, who=visitor.name))


@router.post("/ignore", operation_id="ignore_unknowns", responses=problems(404))
def ignore(request: Request, visitor: AnalystVisitor, body: UnknownIds) -> Noted:
    """Let unknown people be out of the way of lists."""
    return Noted(change_id=Unknowns(site_of(request).control).ignore(body.unknown_ids, who=visitor.name))


@router.post("/heed", operation_id="heed_unknowns")
def heed(request: Request, visitor: AnalystVisitor, body: UnknownIds) -> Noted:
    """Let unknown people who were ignored be listed again."""
    Unknowns(site_of(request).control).heed(body.unknown_ids, who=visitor.name)
    return Noted(change_id=None)


def _place(group: UnknownGroup) -> tuple[int, str]:
    return -group.n_sightings, group.unknown_id


def _parse(cursor: str) -> tuple[int, str]:
    count, _, unknown_id = cursor.partition("~")
    return -int(count), unknown_id


def _unknown(group: UnknownGroup, proposal: GroupProposal) -> Unknown:
    return Unknown(
        unknown_id=group.unknown_id,
        n_sightings=group.n_sightings,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
        presence_s=group.presence_s,
        is_ignored=group.is_ignored,
        nearest=None if proposal.nearest is None else Resembled.model_validate(proposal.nearest),
        is_likely=proposal.is_likely,
        same_as=tuple(Resembled.model_validate(other) for other in proposal.same_as),
    )
