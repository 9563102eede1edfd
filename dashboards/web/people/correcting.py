"""Correcting single sightings: who it is, who it is not, that it is no face; each can be undone.

    POST /sightings/{id}/is          person=NAME_OR_ID
    POST /sightings/{id}/is-not      person=ID (else the sighting's own person, or its candidate)
    POST /sightings/{id}/not-a-face

Each answers with a fragment that shows how far the record is with it, and offers to undo.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor
from dashboards.web.people.past import name_past, runs_of
from dashboards.web.people.past_pages import past_fragment
from dashboards.web.rendering import site_of
from pipeline.control.audit import AuditLog
from pipeline.control.corrections import Corrections, Said, TrackSaid
from pipeline.control.people import People
from pipeline.errors import InputError
from pipeline.sightings.rows import SightingRow

router = APIRouter(include_in_schema=False)


@router.post("/sightings/{sighting_id}/is")
def say_is(
    request: Request, sighting_id: str, visitor: AnalystVisitor, person: Annotated[str, Form(min_length=1)]
) -> HTMLResponse:
    """This sighting is somebody's who is enrolled."""
    site = site_of(request)
    row, meant = site.catalogue.get(sighting_id), People(site.control).person(person)
    if not any(each.encoder == row.encoder for each in meant.references):
        raise InputError(f"{meant.name} has no picture yet; add one first")
    return _say(request, row, Said.IS, meant.person_id, who=visitor.name)


@router.post("/sightings/{sighting_id}/is-not")
def say_is_not(
    request: Request, sighting_id: str, visitor: AnalystVisitor, person: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """This sighting is not the person's whose it seems to be."""
    row = site_of(request).catalogue.get(sighting_id)
    meant = person or row.candidate_id
    if meant is None:
        raise InputError("nobody was named here")
    return _say(request, row, Said.IS_NOT, meant, who=visitor.name)


@router.post("/sightings/{sighting_id}/not-a-face")
def say_not_a_face(request: Request, sighting_id: str, visitor: AnalystVisitor) -> HTMLResponse:
    """This sighting shows no face: it goes from the record."""
    return _say(request, site_of(request).catalogue.get(sighting_id), Said.NOT_A_FACE, None, who=visitor.name)


def _say(request: Request, row: SightingRow, verdict: Said, person_id: str | None, *, who: str) -> HTMLResponse:
    site = site_of(request)
    said = TrackSaid(source_id=row.source_id, track_ids=row.track_ids, verdict=verdict, person_id=person_id)
    change_id = Corrections(site.control).say(said, who=who)
    AuditLog(site.control).append("correct", person_id or "", who=who, detail=f"{row.sighting_id} {verdict.value}")
    about = person_id if verdict is Said.IS and person_id else ""
    return past_fragment(request, name_past(site, who, runs_of([row])), about=about, change_id=change_id)
