"""One person: pictures, name, sightings, and whatever is changed of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.people import changing
from dashboards.web.people.naming.pages import past_fragment
from dashboards.web.people.people_pages import SentPictures
from dashboards.web.people.unknown.views import labels_of
from dashboards.web.people.views import show_person
from dashboards.web.rendering import render, site_of
from dashboards.web.who.references import reference_path
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.control.gallery.records import Person
from pipeline.errors import InputError, NotFound

router = APIRouter(include_in_schema=False)

KEEP = "private, max-age=3600"
GONE = (
    "this person is not in the gallery any more. Whoever is removed from it is somebody unknown in the record, and can "
    "be named again"
)


def enrolled_person(request: Request, person_id: str) -> Person:
    """Whom an address means, by their id or that of somebody who was merged into them; raises `NotFound`."""
    try:
        return People(site_of(request).control).person(person_id)
    except NotFound as error:
        raise NotFound(GONE) from error


EnrolledPerson = Annotated[Person, Depends(enrolled_person)]


@router.get("/people/{person_id}")
def person(
    request: Request, person_id: str, visitor: AnyVisitor, found: EnrolledPerson, relabelling: int | None = None
) -> Response:
    """A person's page; the id of somebody who was merged leads to who they are now."""
    site = site_of(request)
    if found.person_id != person_id:
        return RedirectResponse(f"/people/{found.person_id}")
    log = AuditLog(site.control)
    note = log.append_anew if request.headers.get("HX-Request") else log.append  # the page reads itself anew, too
    note("look", found.person_id, who=visitor.name)
    shown = show_person(site, found.person_id, labels_of(site))
    return render(request, "people/person.html", {"shown": shown, "relabelling": relabelling})


@router.get("/people/{person_id}/images/{sha256}")
def image(request: Request, person_id: str, sha256: str, _visitor: AnyVisitor) -> FileResponse:
    """A reference picture, found by what the database knows of the person."""
    path = reference_path(site_of(request).control, person_id, sha256)
    return FileResponse(path, headers={"Cache-Control": KEEP})


@router.post("/people/{person_id}/images")
def add_images(
    request: Request, visitor: AnalystVisitor, found: EnrolledPerson, contents: SentPictures
) -> HTMLResponse:
    """Add pictures, and say what became of each."""
    return _verdicts(request, changing.add_pictures(site_of(request), found.person_id, contents, visitor.name))


@router.post("/people/{person_id}/images/from-sighting")
def use_face(
    request: Request, visitor: AnalystVisitor, found: EnrolledPerson, sighting_id: Annotated[str, Form()]
) -> HTMLResponse:
    """Let the face of a sighting be a reference picture."""
    return _verdicts(request, changing.use_face(site_of(request), found.person_id, sighting_id, visitor.name))


@router.post("/people/{person_id}/images/{sha256}/drop")
def drop_image(request: Request, visitor: AnalystVisitor, found: EnrolledPerson, sha256: str) -> HTMLResponse:
    """Take a picture out of the gallery."""
    request_id = changing.drop_image(site_of(request), found.person_id, sha256, visitor.name)
    return past_fragment(request, request_id, about=found.person_id)


@router.post("/people/{person_id}/rename")
def rename(
    request: Request, visitor: AnalystVisitor, found: EnrolledPerson, name: Annotated[str, Form(min_length=1)]
) -> Response:
    """Give a person another name."""
    request_id = changing.rename(site_of(request), found.person_id, name.strip(), visitor.name)
    return _to_person(found.person_id, request_id)


@router.post("/people/{person_id}/merge")
def merge(
    request: Request, visitor: AnalystVisitor, found: EnrolledPerson, person: Annotated[str, Form(min_length=1)]
) -> Response:
    """Let this person be another one, who keeps the name."""
    merged = changing.merge(site_of(request), found.person_id, person.strip(), visitor.name)
    return _to_person(merged.done.person_id, merged.request_id)


@router.post("/people/{person_id}/remove")
def remove(
    request: Request, visitor: AnalystVisitor, found: EnrolledPerson, name: Annotated[str, Form(min_length=1)]
) -> Response:
    """Take a person out of the gallery, once the name was typed."""
    if name.strip() != found.name:
        raise InputError(f"type the name as it is written, {found.name}, to remove the person")
    request_id = changing.remove(site_of(request), found.person_id, visitor.name)
    return Response(headers={"HX-Redirect": f"/people?relabelling={request_id}"})


def _verdicts(request: Request, enrolled: changing.Enrolled) -> HTMLResponse:
    values = {"done": enrolled.done, "request_id": enrolled.request_id, "reloads": True}
    return render(request, "people/verdicts.html", values)


def _to_person(person_id: str, request_id: int) -> Response:
    return Response(headers={"HX-Redirect": f"/people/{person_id}?relabelling={request_id}"})
