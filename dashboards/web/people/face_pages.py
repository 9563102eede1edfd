"""Faces by address: of a reference picture, and of somebody, whether enrolled or unknown."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from dashboards.web.access import AnyVisitor
from dashboards.web.people.faces import face_desk_of
from dashboards.web.people.unknown.views import best_picture
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from dashboards.web.who.references import reference_path
from pipeline.control.gallery.files import face_path_of
from pipeline.errors import NotFound
from pipeline.sightings.catalogue.queries import CatalogueQuery

router = APIRouter(include_in_schema=False)

KEEP = "private, max-age=3600"
KEEP_SHORTLY = "private, max-age=60"
"""Somebody's face is another one as soon as a better picture is enrolled."""


@router.get("/people/{person_id}/images/{sha256}/face")
def face_in_picture(request: Request, person_id: str, sha256: str, _visitor: AnyVisitor) -> FileResponse:
    """The face in a reference picture; the whole picture, not to be kept, until it is cut."""
    picture = reference_path(site_of(request).control, person_id, sha256)
    face = face_path_of(picture)
    if face.is_file():
        return FileResponse(face, media_type="image/jpeg", headers={"Cache-Control": KEEP})
    face_desk_of(request).order(picture)
    return FileResponse(picture)


@router.get("/people/{person_id}/face")
def face_of_somebody(request: Request, person_id: str, _visitor: AnyVisitor) -> Response:
    """Leads to the best face of somebody enrolled, or to the newest one of somebody unknown."""
    site = site_of(request)
    address = _enrolled_face(site, person_id) or _seen_face(site, person_id)
    return RedirectResponse(address, headers={"Cache-Control": KEEP_SHORTLY})


def _enrolled_face(site: Site, person_id: str) -> str | None:
    try:
        picture = best_picture(site, person_id)
    except NotFound:
        return None
    return f"/people/{person_id}/images/{picture.image_sha256}/face" if picture else None


def _seen_face(site: Site, person_id: str) -> str:
    query = CatalogueQuery(person_ids=frozenset({person_id}), has_face=True)
    for row in site.catalogue.find(query, 1).sightings:
        return f"/pictures/{row.thumb_ref}"
    raise NotFound("there is no picture of this face")
