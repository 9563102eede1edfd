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
from dashboards.web.people.naming.pages import decided_fragment
from dashboards.web.people.unknown import deciding
from dashboards.web.rendering import site_of

router = APIRouter(include_in_schema=False)


@router.post("/sightings/{sighting_id}/is")
def say_is(
    request: Request, sighting_id: str, visitor: AnalystVisitor, person: Annotated[str, Form(min_length=1)]
) -> HTMLResponse:
    """This sighting is somebody's who is enrolled."""
    return decided_fragment(request, deciding.say_is(site_of(request), sighting_id, person, who=visitor.name))


@router.post("/sightings/{sighting_id}/is-not")
def say_is_not(
    request: Request, sighting_id: str, visitor: AnalystVisitor, person: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """This sighting is not the person's whose it seems to be."""
    return decided_fragment(request, deciding.say_is_not(site_of(request), sighting_id, person, who=visitor.name))


@router.post("/sightings/{sighting_id}/not-a-face")
def say_not_a_face(request: Request, sighting_id: str, visitor: AnalystVisitor) -> HTMLResponse:
    """This sighting shows no face: it goes from the record."""
    return decided_fragment(request, deciding.say_not_a_face(site_of(request), sighting_id, who=visitor.name))
