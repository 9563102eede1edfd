"""Search by face: drop a picture, choose a face, see where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.params import File
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import AnalystVisitor, Visitor
from dashboards.web.rendering import render, site_of
from dashboards.web.search.asked import MOST, PAGE, Asked, asked_by
from dashboards.web.search.readiness import room_of
from dashboards.web.search.views import ChoiceView, ResultsView, as_address, choices, results
from dashboards.web.security.incoming.uploads import read_picture
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.control.work.sources import Sources
from pipeline.errors import InputError, NoFaceFound
from pipeline.schemas import VectorF32

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.identity.picture_faces import ExaminedPicture

router = APIRouter(include_in_schema=False)

ACTION = "search"
"""As it stands in the audit log."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchedFace:
    """The face that is searched for."""

    face: VectorF32
    """`(D,)` float32 of unit length."""
    image: str
    """An address of its picture; empty without one."""
    about: str
    """Whose record it is taken from, by person id; empty for a picture."""
    image_sha256: str | None
    words: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """A search that was done."""

    image: str
    """An address of the face that was searched for; empty without a picture of it."""
    results: ResultsView
    more_address: str
    """The page with more of what was found; empty when this is all."""


@router.get(PAGE)
def show(request: Request, visitor: AnalystVisitor) -> Response:
    """The page, with the sightings of a face when its address names one."""
    site, asked = site_of(request), asked_by(request)
    labels = {source.source_id: source.label for source in Sources(site.control).list()}
    readiness = room_of(site).readiness()
    part_done = readiness.part_done() if asked.has_face else 1.0
    readiness.begin()
    values = {
        "asked": asked,
        "labels": labels,
        "choices": _choices(site, asked, visitor),
        "part_done": part_done,
        "search": _search(site, asked, visitor, labels) if asked.has_face and part_done == 1 else None,
    }
    return render(request, "search/page.html", values)


@router.post(PAGE)
async def look_at(request: Request, visitor: AnalystVisitor, picture: Annotated[UploadFile, File()]) -> Response:
    """Look for faces in an uploaded picture, and lead to the page that searches by one."""
    site = site_of(request)
    content = await read_picture(picture, site.settings.web)
    asked = await run_in_threadpool(_examine, site, visitor, content)
    return Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": asked.address()})


def _examine(site: Site, visitor: Visitor, content: bytes) -> Asked:
    """A search by the picture; raises `NoFaceFound` when no face of it can be searched by."""
    picture = site.asker.faces(content)
    usable = [number for number, face in enumerate(picture.faces) if face.embedding is not None]
    if not usable:
        reasons = "; ".join(dict.fromkeys(face.message for face in picture.faces))
        raise NoFaceFound(f"nobody can be searched by in this picture: {reasons or picture.message()}")
    name = room_of(site).pictures.keep(picture, visitor.name)
    return Asked(picture=name, face=usable[0] if len(usable) == 1 else None)


def _choices(site: Site, asked: Asked, visitor: Visitor) -> tuple[ChoiceView, ...]:
    """The faces of the picture that is searched by; none when it is a sighting."""
    if asked.picture is None:
        return ()
    return choices(room_of(site).pictures.get(asked.picture, visitor.name), asked.face)


def _search(site: Site, asked: Asked, visitor: Visitor, labels: Mapping[str, str]) -> SearchView:
    """Search, and note that in the audit log."""
    searched = _searched(site, asked, visitor)
    note_search(site, visitor.name, searched)
    findings = room_of(site).readiness().finder.find(searched.face, asked.query(site.zone, datetime.now(UTC)))
    people = {person.person_id: person.name for person in People(site.control).list_people()}
    view = results(findings, labels, people)
    has_more = len(findings.found) >= asked.limit < MOST
    return SearchView(searched.image, view, asked.address(limit=min(MOST, 2 * asked.limit)) if has_more else "")


def _searched(site: Site, asked: Asked, visitor: Visitor) -> SearchedFace:
    if asked.sighting is not None:
        return face_of_sighting(site, asked.sighting)
    return face_of_picture(room_of(site).pictures.get(asked.picture or "", visitor.name), asked.face or 0)


def face_of_sighting(site: Site, sighting_id: str) -> SearchedFace:
    """The face of a sighting; raises `NotFound`."""
    face, row = room_of(site).readiness().finder.face_of(sighting_id)
    image = f"/pictures/{row.thumb_ref}" if row.thumb_ref else ""
    return SearchedFace(face, image, row.person_id or "", None, f"the face of {row.sighting_id}")


def face_of_picture(picture: ExaminedPicture, number: int | None) -> SearchedFace:
    """A face of a picture, None for the largest that can be used; raises `InputError`, and `NoFaceFound` for none."""
    if number is None:
        number = next((place for place, face in enumerate(picture.faces) if face.embedding is not None), 0)
    if not picture.faces:
        raise NoFaceFound(f"nobody can be searched by in this picture: {picture.message()}")
    if number >= len(picture.faces):
        raise InputError(f"the picture has {len(picture.faces)} faces; there is no face {number}")
    chosen = picture.faces[number]
    if chosen.embedding is None:
        raise NoFaceFound(f"this face cannot be searched by: {chosen.message}")
    return SearchedFace(chosen.embedding, as_address(chosen.thumb_jpeg), "", picture.sha256, "a picture")


def note_search(site: Site, who: str, searched: SearchedFace) -> None:
    """Let a search stand in the audit log."""
    AuditLog(site.control).append(
        ACTION, searched.about, who=who, image_sha256=searched.image_sha256, detail=f"by {searched.words}"
    )
