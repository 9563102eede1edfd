"""Sightings over the API: found, looked at with their evidence, and corrected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from dashboards.web.access import AnalystVisitor, AnyVisitor, Visitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.problems import problems
from dashboards.web.api.record.past import Changed, changed
from dashboards.web.api.record.sighting_values import Sighting, SightingDetails, sighting, sighting_details
from dashboards.web.api.values import ID, NAME, ApiBody, Ids, MomentQuery, SightingId
from dashboards.web.people.unknown import deciding
from dashboards.web.rendering import site_of
from dashboards.web.timeline.asking import words_of
from dashboards.web.timeline.evidence import evidence_of, faces_of
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.listing import PeopleListing
from pipeline.errors import NotFound
from pipeline.sightings.catalogue.queries import CatalogueQuery, parse_cursor
from pipeline.sightings.rows import Status

router = APIRouter(tags=["sightings"], prefix="/sightings")

CURSOR = r"^(-?\d{1,17}~[A-Za-z0-9_-]{1,100})?$"


class SightingsList(ListPage):
    """Sightings, newest first."""

    is_reading: bool
    """Whether older days may be missing still, since the record is being read after a start."""
    sightings: tuple[Sighting, ...]


class WhoItIs(ApiBody):
    """Who a sighting is."""

    person: Annotated[str, Field(pattern=NAME, max_length=200)]
    """The name or id of somebody enrolled."""


class WhoItIsNot(ApiBody):
    """Who a sighting is not."""

    person_id: Annotated[str, Field(pattern=ID)] | None = None
    """The person's id; null is whose it seems to be."""


def asked_for(
    person: Annotated[Ids, Query(description="Ids of people, and of unknown ones.")] = [],  # noqa: B006 # never changed
    source: Annotated[Ids, Query(description="Ids of cameras and footage.")] = [],  # noqa: B006
    status: Annotated[list[Status], Query(max_length=3, description="How sure it is who it is.")] = [],  # noqa: B006
    since: Annotated[MomentQuery | None, Query(description="Those that end after it.")] = None,
    until: Annotated[MomentQuery | None, Query(description="Those that begin before it.")] = None,
    least_score: Annotated[float | None, Query(ge=-1, le=1, description="Those with at least this score.")] = None,
) -> CatalogueQuery:
    """The filters of an address; those that are left out let everything pass."""
    return CatalogueQuery(
        person_ids=frozenset(person) or None,
        source_ids=frozenset(source) or None,
        statuses=frozenset(status) or None,
        since=since,
        until=until,
        least_score=least_score,
    )


Asked = Annotated[CatalogueQuery, Depends(asked_for)]


def note_asked(request: Request, visitor: Visitor, asked: CatalogueQuery) -> None:
    """Whoever asks for somebody with a name stands in the audit log."""
    control = site_of(request).control
    for person_id in PeopleListing(control).names_of(sorted(asked.person_ids or ())):
        AuditLog(control).append_anew("timeline", person_id, who=visitor.name)  # programs ask again and again


@router.get("", operation_id="list_sightings")
def list_sightings(
    request: Request,
    response: Response,
    visitor: AnyVisitor,
    asked: Asked,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str, Query(pattern=CURSOR, description="Where an earlier page ended.")] = "",
) -> SightingsList:
    """Sightings, newest first. Whoever asks for those of somebody with a name stands in the audit log."""
    site, words = site_of(request), words_of(site_of(request))
    note_asked(request, visitor, asked)
    page = site.catalogue.find(asked, limit, parse_cursor(cursor) if cursor else None)
    return SightingsList(
        sightings=tuple(sighting(row, words) for row in page.sightings),
        is_reading=site.catalogue.state().is_reading,
        next_cursor=lead_on(request, response, page.after),
    )


@router.get("/{sighting_id}", operation_id="get_sighting", responses=problems(404))
def get_sighting(request: Request, visitor: AnyVisitor, sighting_id: SightingId) -> SightingDetails:
    """A sighting with what it rests on: scores, reasons, faces, and what was looked at around it."""
    site = site_of(request)
    found = evidence_of(site, site.catalogue.get(sighting_id))
    if found.row.status is Status.KNOWN and found.row.person_id:
        AuditLog(site.control).append_anew("evidence", found.row.person_id, who=visitor.name, detail=sighting_id)
    return sighting_details(found, words_of(site))


@router.get(
    "/{sighting_id}/faces/{number}",
    operation_id="get_sighting_face",
    response_class=FileResponse,
    responses={200: {"description": "A loose crop of the face.", "content": {"image/jpeg": {}}}, **problems(404)},
)
def get_face(
    request: Request,
    _visitor: AnyVisitor,
    sighting_id: SightingId,
    number: Annotated[int, Path(ge=0, le=1000, description="0 is the best one.")],
) -> FileResponse:
    """One of the faces that a sighting rests on."""
    site = site_of(request)
    faces = faces_of(site.data_dir, site.catalogue.get(sighting_id))
    if number >= len(faces):
        raise NotFound(f"this sighting has {len(faces)} faces, counted from 0")
    return FileResponse(site.data_dir / faces[number], media_type="image/jpeg")


@router.post("/{sighting_id}/is", operation_id="sighting_is", responses=problems(404))
def is_person(request: Request, visitor: AnalystVisitor, sighting_id: SightingId, body: WhoItIs) -> Changed:
    """Say who it is; it has to be somebody enrolled with a picture."""
    return changed(deciding.say_is(site_of(request), sighting_id, body.person, who=visitor.name))


@router.post("/{sighting_id}/is-not", operation_id="sighting_is_not", responses=problems(404))
def is_not_person(
    request: Request,
    visitor: AnalystVisitor,
    sighting_id: SightingId,
    body: Annotated[WhoItIsNot, Body()] = WhoItIsNot(),  # noqa: B008 # it is frozen
) -> Changed:
    """Say who it is not."""
    return changed(deciding.say_is_not(site_of(request), sighting_id, body.person_id or "", who=visitor.name))


@router.post("/{sighting_id}/not-a-face", operation_id="sighting_is_no_face", responses=problems(404))
def not_a_face(request: Request, visitor: AnalystVisitor, sighting_id: SightingId) -> Changed:
    """Say that this shows no face: it goes from the record."""
    return changed(deciding.say_not_a_face(site_of(request), sighting_id, who=visitor.name))
